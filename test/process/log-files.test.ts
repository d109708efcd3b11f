import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LOG_STREAMS } from '../../src/core/log-streams.ts'
import { readRows } from '../support/backends.ts'
import { gatewayProcesses, postTo, runGateway, signUpAt } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'

type Entry = Readonly<Record<string, unknown>>

/** Types of the Elastic Common Schema 8.11 for the fields that entries have, as Elasticsearch maps them. */
const SCHEMA: Readonly<Record<string, 'date' | 'text' | 'long'>> = {
  '@timestamp': 'date',
  'log.level': 'text',
  message: 'text',
  'ecs.version': 'text',
  'service.name': 'text',
  'event.action': 'text',
  'event.dataset': 'text',
  'event.reason': 'text',
  'event.duration': 'long',
  'http.request.id': 'text',
  'http.request.method': 'text',
  'http.response.status_code': 'long',
  'trace.id': 'text',
  'span.id': 'text',
  'user.id': 'text',
  'client.address': 'text',
  'error.id': 'text',
  'error.type': 'text',
  'error.message': 'text',
  'error.code': 'text',
  'error.stack_trace': 'text',
}
const REQUIRED = ['@timestamp', 'log.level', 'message', 'ecs.version', 'event.action', 'event.dataset']
const CHECKS = {
  date: (value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
  text: (value: unknown) => typeof value === 'string',
  long: (value: unknown) => Number.isSafeInteger(value),
}

/** What is wrong with an entry, judged by the schema; empty for a correct one. */
function findFaults(entry: Entry): string[] {
  const faults = Object.entries(entry).filter(([name, value]) => {
    if (/^gateway\.[a-z_]+$/.test(name)) return false
    const type = SCHEMA[name]
    return type === undefined || !CHECKS[type](value)
  })
  return [...faults.map(([name]) => name), ...REQUIRED.filter((name) => !(name in entry))]
}

function parseLines(text: string): Entry[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line) as Entry)
}

describe('the files of the log', () => {
  const { folder, start } = gatewayProcesses()
  const readFiles = (path: string) =>
    LOG_STREAMS.map((stream) => ({ stream, text: readFileSync(join(path, `${stream}.log`), 'utf8') }))

  it.each(['plain', 'ecs'] as const)(
    'have each entry of standard output once, in the file of its stream, with LOG_FORMAT=%s (SR-192)',
    async (format) => {
      const home = folder()
      const logs = join(home, 'logs')
      const gateway = await start({ DATA_DIR: home, LOG_DIR: logs, LOG_FORMAT: format, SLOW_REQUEST_MS: '1' })
      const token = await signUpAt(gateway)
      await eventually(() => readRows(`file:${join(home, 'gateway.db')}`, 'DROP TABLE posts'))
      const headers = {
        authorization: `Bearer ${token}`,
        traceparent: `00-${'4b'.repeat(16)}-${'0a'.repeat(8)}-01`,
      }
      // A busy machine may refuse the first request as unavailable.
      const failed = await eventually(async () => {
        const response = await postTo(gateway.address, '{ posts { totalCount } }', {}, headers)
        return response.code === 'INTERNAL_SERVER_ERROR' && response
      })
      expect(await gateway.stop()).toBe(0)

      const files = readFiles(logs)
      for (const { stream, text } of files) {
        const entries = parseLines(text)
        expect([stream, entries.length > 0]).toEqual([stream, true])
        const named = entries.map((entry) => entry[format === 'ecs' ? 'event.dataset' : 'log'])
        expect(new Set(named)).toEqual(
          new Set([format === 'ecs' ? `graphql-auth-gateway.${stream}` : stream]),
        )
        // Every line is an entry.
        expect(text.split('\n')).toHaveLength(entries.length + 1)
      }
      const written = files.flatMap(({ text }) => text.trim().split('\n'))
      const shown = gateway
        .output()
        .split('\n')
        .filter((line) => line.startsWith('{'))
      expect(written.sort()).toEqual(shown.sort())
      const fileOf = (name: string) => files.find(({ stream }) => stream === name)?.text ?? ''
      expect(fileOf('error')).toContain(failed.errors?.[0]?.extensions['errorId'])
      expect(fileOf('auth')).toContain('authn_token_created')
      expect(fileOf('performance')).toMatch(/server\.stopped.*\n$/)
      if (format === 'ecs') expect(shown.flatMap((line) => findFaults(JSON.parse(line) as Entry))).toEqual([])
      for (const name of readdirSync(logs)) expect(statSync(join(logs, name)).mode & 0o777).toBe(0o640)
    },
  )

  it('would be rejected by the check of names and types', () => {
    expect(findFaults({ level: 'info', 'event.duration': 1.5, 'gateway.codes': [] })).toEqual([
      'level',
      'event.duration',
      ...REQUIRED,
    ])
  })

  it('have the last entries of a process that an exception has ended (SR-133)', async () => {
    const home = folder()
    const faults = join(home, 'faults.mjs')
    // The rejection is still being written when the exception ends the process.
    const fail = `void Promise.reject(new Error('first')); setImmediate(() => setImmediate(() => { throw new TypeError('last') }))`
    writeFileSync(faults, `process.on('SIGWINCH', () => { ${fail} })`)
    const logs = join(home, 'logs')
    const gateway = await start({ DATA_DIR: home, LOG_DIR: logs, NODE_OPTIONS: `--import=file://${faults}` })
    const ended = once(gateway.child, 'close')
    gateway.child.kill('SIGWINCH')
    await ended
    expect(gateway.child.exitCode).toBe(1)
    const entries = parseLines(readFileSync(join(logs, 'error.log'), 'utf8'))
    expect(entries).toContainEqual(
      expect.objectContaining({ event: 'process.unhandled_rejection', level: 'error' }),
    )
    expect(entries).toContainEqual(
      expect.objectContaining({
        ...{ event: 'process.uncaught_exception', level: 'fatal' },
        err: expect.objectContaining({ type: 'TypeError', message: 'last' }),
      }),
    )
  })

  it('that cannot be written refuse the start with one line that names LOG_DIR', async () => {
    const home = folder()
    writeFileSync(join(home, 'file'), '')
    const settings = { DATA_DIR: home, LOG_DIR: join(home, 'file/logs') }
    const { status, output } = await runGateway(settings)
    expect(status).toBe(78)
    expect(output).toBe('Invalid settings:\n  LOG_DIR: the folder cannot be created (ENOTDIR)\n')
    const production = await runGateway({ ...settings, NODE_ENV: 'production', LOG_FORMAT: 'ecs' })
    const [entry, ...others] = parseLines(production.output)
    expect([production.status, others, findFaults(entry ?? {})]).toEqual([78, [], []])
    expect(entry).toMatchObject({
      'log.level': 'fatal',
      'event.action': 'process.command_failed',
      'gateway.problems': ['LOG_DIR: the folder cannot be created (ENOTDIR)'],
    })
  })

  it('that cannot be written any more do not stop the gateway from serving', async () => {
    const home = folder()
    const logs = join(home, 'logs')
    // The first lines reach the size, and a folder is in the place of the renamed file.
    mkdirSync(join(logs, 'api.log.1/occupied'), { recursive: true })
    writeFileSync(join(logs, 'api.log'), '{}\n'.repeat(Math.floor(2 ** 20 / 3)))
    const gateway = await start({ DATA_DIR: home, LOG_DIR: logs, LOG_FILE_MB: '1', LOG_FILES: '1' })
    await eventually(async () => {
      await postTo(gateway.address, '{ __typename }')
      return gateway.output().includes('log.file_failed')
    })
    const { status, data } = await postTo(gateway.address, '{ __typename }')
    expect([status, data]).toEqual([200, { __typename: 'Query' }])
    expect(gateway.output().match(/log\.file_failed/g)).toHaveLength(1)
    expect(await gateway.stop()).toBe(0)
    expect(readFileSync(join(logs, 'error.log'), 'utf8')).toContain('log.file_failed')
  })
})
