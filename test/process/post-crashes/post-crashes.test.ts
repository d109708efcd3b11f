import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BACKENDS,
  describeOn,
  freshDatabase,
  readRows,
  removeFolder,
  temporaryFolder,
} from '../../support/backends.ts'
import { eventually } from '../../support/servers/processes.ts'
import { requestShared } from '../../support/servers/request-shared.ts'
import { createChoices } from '../history/random.ts'
import { findLosses, readReports, type StoredPost } from './check-posts.ts'
import { formatLine, writeVersion } from './written-posts.ts'

const seed = Number(process.env['CRASH_SEED'] ?? randomInt(2 ** 32))
const KILLS = Number(process.env['CRASH_KILLS'] ?? 50)
/** Writers at a time: one is killed while the other writes to the same account. */
const WRITERS = 2
/** Most steps that a process completes before it is killed, and then at most these milliseconds. */
const LONGEST_LIFE = { steps: 60, ms: 10 }
/** Writes are independent of the state store. */
const DATABASES = BACKENDS.filter(({ store }) => store === 'database')

describeOn(DATABASES, 'posts', ({ database }) => {
  let folder: string
  let url: string
  let program: string
  beforeAll(async () => {
    folder = temporaryFolder()
    url = await freshDatabase(database, folder)
    program = compileWriter(await requestShared('build'), folder)
    await readRows(
      url,
      `INSERT INTO users (id, status, roles, created_at, updated_at) VALUES ('ada', 'ACTIVE', 'USER', '2026-01-01', '2026-01-01')`,
    )
  })
  afterAll(() => removeFolder(folder))

  /** Runs a writer, and kills it after these steps and milliseconds. Returns its lines. */
  async function runAndKill(name: string, { steps, ms }: typeof LONGEST_LIFE): Promise<string> {
    // Only the first compiler tier: the process ends before others pay off.
    const child = spawn(process.execPath, ['--liftoff-only', program, url, 'ada', name], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const closed = once(child, 'close')
    let lines = ''
    let problems = ''
    child.stderr.on('data', (chunk: Buffer) => (problems += chunk.toString()))
    await new Promise<void>((resolve) => {
      child.on('exit', () => resolve())
      child.stdout.on('data', (chunk: Buffer) => {
        lines += chunk.toString()
        if (lines.split('done').length > steps) resolve()
      })
    })
    await sleep(ms)
    child.kill('SIGKILL')
    await closed
    expect([problems, child.signalCode]).toEqual(['', 'SIGKILL'])
    return lines
  }

  const selectPosts = (name: string) =>
    eventually(() =>
      readRows<StoredPost>(url, `SELECT title, content, published FROM posts WHERE title LIKE '${name}-%'`),
    )

  /** Counters of the account, and what is stored, in one snapshot. */
  async function readCounters(): Promise<readonly number[]> {
    const size = database === 'sqlite' ? 'length(CAST(? AS BLOB))' : 'octet_length(?)'
    const bytes = `${size.replace('?', 'title')} + ${size.replace('?', 'content')}`
    const [row] = await eventually(() =>
      readRows<Record<string, unknown>>(
        url,
        `SELECT post_count AS a, post_bytes AS b, (SELECT COUNT(*) FROM posts) AS c,
          (SELECT COALESCE(SUM(${bytes}), 0) FROM posts) AS d FROM users`,
      ),
    )
    return [row?.['a'], row?.['b'], row?.['c'], row?.['d']].map(Number)
  }

  it(
    'are neither lost nor half-written when processes are killed while they write (SR-230)',
    async () => {
      console.log(`CRASH_SEED=${seed} CRASH_KILLS=${KILLS}`)
      const choices = createChoices(seed)
      const lives = Array.from({ length: KILLS }, () => ({
        steps: Math.ceil(choices.between(0, LONGEST_LIFE.steps)),
        ms: choices.between(0, LONGEST_LIFE.ms),
      }))
      const outputs = new Map<string, string>()
      const keepKilling = async (writer: number) => {
        for (let run = writer; run < KILLS; run += WRITERS) {
          const output = await runAndKill(`run${run}`, lives[run] ?? LONGEST_LIFE)
          outputs.set(`run${run}`, output)
          expect(
            findLosses(readReports(output), await selectPosts(`run${run}`)),
            `CRASH_SEED=${seed}`,
          ).toEqual([])
          const [count, bytes, ...stored] = await readCounters()
          expect([count, bytes], `CRASH_SEED=${seed}`).toEqual(stored)
        }
      }
      await Promise.all(Array.from({ length: WRITERS }, (_, writer) => keepKilling(writer)))
      // Again at the end: a later process must not lose the posts of an earlier one.
      const reports = [...outputs.values()].map(readReports)
      for (const [index, name] of [...outputs.keys()].entries())
        expect(findLosses(reports[index] ?? new Map(), await selectPosts(name))).toEqual([])
      const steps = reports.flatMap((report) => [...report.values()])
      const unfinished = steps.filter(({ isDone }) => !isDone).length
      console.log(`${database}: ${JSON.stringify({ kills: outputs.size, posts: steps.length, unfinished })}`)
      expect(outputs.size).toBe(KILLS)
      expect(unfinished).toBeGreaterThanOrEqual(KILLS)
      if (database === 'sqlite')
        expect(await readRows(url, 'PRAGMA integrity_check')).toMatchObject([{ integrity_check: 'ok' }])
    },
    KILLS * 10_000,
  )
})

describe('the check of written posts', () => {
  const steps = (...lines: readonly (readonly ['begun' | 'done', number])[]) =>
    readReports(lines.map(([event, version]) => formatLine(event, 'key', version)).join(''))
  const lossesOf = (reports: ReturnType<typeof steps>, ...rows: readonly StoredPost[]) =>
    findLosses(reports, rows).length

  it('finds lost, half-written, resurrected and unknown posts', () => {
    const changed = steps(['begun', 1], ['done', 1], ['begun', 2], ['done', 2])
    expect(lossesOf(changed, writeVersion('key', 2))).toBe(0)
    expect(lossesOf(changed)).toBe(1)
    expect(lossesOf(changed, writeVersion('key', 1))).toBe(1)
    expect(lossesOf(changed, { ...writeVersion('key', 2), content: writeVersion('key', 1).content })).toBe(1)
    expect(lossesOf(changed, writeVersion('key', 2), writeVersion('key', 2))).toBe(1)
    expect(lossesOf(changed, writeVersion('key', 2), writeVersion('other', 1))).toBe(1)
    const changing = steps(['begun', 1], ['done', 1], ['begun', 2])
    expect(lossesOf(changing, writeVersion('key', 1)) + lossesOf(changing, writeVersion('key', 2))).toBe(0)
    expect(lossesOf(changing)).toBe(1)
    const deleted = steps(['begun', 1], ['done', 1], ['begun', 0], ['done', 0])
    expect([lossesOf(deleted), lossesOf(deleted, writeVersion('key', 1))]).toEqual([0, 1])
    const creating = steps(['begun', 1])
    expect(lossesOf(creating) + lossesOf(creating, writeVersion('key', 1))).toBe(0)
  })
})

/**
 * Compiles the writer for the built gateway, because a process that compiles its own sources starts in twice
 * the time. Returns the path of the program.
 */
function compileWriter(main: string, folder: string): string {
  const built = pathToFileURL(dirname(main)).href
  const output = join(folder, 'writer')
  mkdirSync(output)
  writeFileSync(join(output, 'package.json'), '{ "type": "module" }')
  for (const file of ['post-writer.ts', 'written-posts.ts', '../../support/silent-logger.ts']) {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8')
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2023,
        rewriteRelativeImportExtensions: true,
      },
    })
    const text = outputText.replaceAll('../../../src', built).replace('../../support', '.')
    writeFileSync(join(output, basename(file).replace('.ts', '.js')), text)
  }
  return join(output, 'post-writer.js')
}
