import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import {
  openLogFile,
  type LogFile,
  type LogFileNews,
  type LogFileOptions,
} from '../../../src/adapters/log-files/log-file.ts'
import { prepareLogFolder } from '../../../src/adapters/log-files/log-folder.ts'
import { removeFolder, temporaryFolder } from '../../support/backends.ts'
import { eventually } from '../../support/servers/processes.ts'

/** A line of 100 bytes with a number. */
function buildLine(number: number): string {
  return `${String(number).padStart(99, '.')}\n`
}

describe('a log file', () => {
  const folders: string[] = []
  const files: LogFile[] = []
  afterEach(async () => {
    for (const file of files.splice(0)) await file.close()
    folders.splice(0).forEach(removeFolder)
  })

  function open(options: Partial<LogFileOptions> = {}) {
    const folder = options.folder ?? temporaryFolder()
    folders.push(folder)
    const news: LogFileNews[] = []
    const report = (one: LogFileNews) => void news.push(one)
    const defaults = { folder, name: 'api.log', maxBytes: 1000, rotated: 2, report, retryMs: 10 }
    const file = openLogFile({ ...defaults, ...options })
    files.push(file)
    return { file, folder, news, read: (name = 'api.log') => readFileSync(join(folder, name), 'utf8') }
  }

  it('is renamed at its size, keeps as many renamed ones as it is told, and has mode 0640', async () => {
    const { file, folder, read } = open()
    for (let number = 0; number < 45; number += 1) {
      file.write(buildLine(number))
      // One line after the other: a file ends at the first write that reaches its size.
      await eventually(async () => readdirSync(folder).some((name) => read(name).includes(buildLine(number))))
    }
    await file.close()
    expect(readdirSync(folder).sort()).toEqual(['api.log', 'api.log.1', 'api.log.2'])
    const text = ['api.log.2', 'api.log.1', 'api.log'].map((name) => read(name)).join('')
    expect(text).toBe(Array.from({ length: 25 }, (_, index) => buildLine(index + 20)).join(''))
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o640)
  })

  it('is continued by the next process', async () => {
    const first = open()
    first.file.write('first\n')
    await first.file.close()
    const second = open({ folder: first.folder })
    second.file.write('second\n')
    await second.file.close()
    expect(second.read()).toBe('first\nsecond\n')
  })

  it('has the lines of the last turn when the process exits', () => {
    const { file, read } = open()
    file.write('last\n')
    file.flushSync()
    file.flushSync()
    expect(read()).toBe('last\n')
  })

  it('that cannot be renamed is reported once, keeps its lines, and is continued when it can', async () => {
    const { file, folder, news, read } = open({ rotated: 1 })
    // A folder in the place of the renamed file.
    mkdirSync(join(folder, 'api.log.1/occupied'), { recursive: true })
    for (let number = 0; number < 10; number += 1) file.write(buildLine(number))
    await eventually(async () => news.length > 0)
    for (let number = 10; number < 15; number += 1) file.write(buildLine(number))
    // Several attempts fail meanwhile.
    await eventually(async () => read().length === 1000)
    expect(news).toEqual([{ kind: 'failed', name: 'api.log', reason: expect.stringMatching(/^E[A-Z]+$/) }])
    rmSync(join(folder, 'api.log.1'), { recursive: true })
    await eventually(async () => news.length > 1)
    expect(news[1]).toEqual({ kind: 'recovered', name: 'api.log', lost: 0 })
    const all = Array.from({ length: 15 }, (_, index) => buildLine(index)).join('')
    await eventually(async () => read('api.log.1') + read() === all)
  })

  it('keeps a bounded number of lines while it cannot be written, and counts the others', async () => {
    const { file, folder, news, read } = open({ maxWaiting: 500 })
    mkdirSync(join(folder, 'api.log'))
    for (let number = 0; number < 8; number += 1) file.write(buildLine(number))
    await eventually(async () => news.length > 0)
    rmSync(join(folder, 'api.log'), { recursive: true })
    await eventually(async () => news.length > 1)
    expect(news[1]).toEqual({ kind: 'recovered', name: 'api.log', lost: 3 })
    expect(read()).toBe(Array.from({ length: 5 }, (_, index) => buildLine(index)).join(''))
  })

  it('begins a new line after one that a full disk has cut', async () => {
    const { file, folder, news, read } = open()
    mkdirSync(join(folder, 'api.log'))
    file.write('whole\n')
    await eventually(async () => news.length > 0)
    rmSync(join(folder, 'api.log'), { recursive: true })
    writeFileSync(join(folder, 'api.log'), '{"cut')
    await eventually(async () => news.length > 1)
    expect(read()).toBe('{"cut\nwhole\n')
  })
})

describe('the folder of log files', () => {
  it('is created with its files, and only for the owner and the group', () => {
    const folder = temporaryFolder()
    prepareLogFolder(join(folder, 'logs/gateway'), ['api.log'], 0o640)
    expect(statSync(join(folder, 'logs/gateway')).mode & 0o007).toBe(0)
    expect(statSync(join(folder, 'logs/gateway/api.log')).mode & 0o777).toBe(0o640)
    removeFolder(folder)
  })

  it.each(['is a file', 'has a folder in the place of a file'])('is refused if it %s', (reason) => {
    const folder = temporaryFolder()
    if (reason === 'is a file') writeFileSync(join(folder, 'logs'), '')
    else mkdirSync(join(folder, 'logs/api.log'), { recursive: true })
    expect(() => prepareLogFolder(join(folder, 'logs'), ['api.log'], 0o640)).toThrow(
      expect.objectContaining({
        name: 'LogFolderError',
        message: expect.stringMatching(
          /^(the folder cannot be created|api\.log cannot be written) \(E\w+\)$/,
        ),
      }),
    )
    removeFolder(folder)
  })
})
