import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ECS_NAMES } from '../../src/core/ecs.ts'
import { LOG_STREAMS, selectLogStream } from '../../src/core/log-streams.ts'
import { AUDIT_EVENTS } from '../../src/features/audit/audit-event-names.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway } from '../support/gateway.ts'

const root = resolve(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/logging.md'), 'utf8')
const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/^generated|^core\/ecs\.ts$/.test(file))
  .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
  .join('\n')

/** A start with them is refused: the message is that of `process.command_failed`. */
const NOT_LOGGED = ['redis.refused', 'memcached.refused']

interface Row {
  readonly stream: string
  readonly event: string
  readonly level: string
}

/** The rows of the tables of streams. */
const rows: readonly Row[] = LOG_STREAMS.flatMap((stream) => {
  const [, section = ''] = page.split(`### \`${stream}\``)
  const [table = ''] = section.split(/\n##/)
  return [...table.matchAll(/^\| `([a-z_.]+)` +\| (\w+) +\|/gm)].map(([, event = '', level = '']) => ({
    stream,
    event,
    level,
  }))
})

/** The events of the code, but those of the audit trail. */
function listEvents(): string[] {
  const literals = [
    ...source.matchAll(/\b(?:event(?::| =)|LIBRARY_EVENT =) '(\w+\.[\w.]+)'/g),
    ...source.matchAll(/\['(?:warning|note)', '([^']+)'\]/g),
  ]
  return [...new Set(literals.map(([, event = '']) => event))].filter((event) => !NOT_LOGGED.includes(event))
}

/** Events that are logged by a literal call, with their levels. */
function listLevels(): [event: string, level: string][] {
  return [...source.matchAll(/\.(debug|info|warn|error|fatal)\(\s*\{\s*event: '([^']+)'/g)].map(
    ([, level = '', event = '']) => [event, level],
  )
}

describe('docs/logging.md', () => {
  it('has each event of the code in one table', () => {
    expect(rows.map(({ event }) => event).sort()).toEqual(listEvents().sort())
    expect(rows.length).toBeGreaterThan(50)
  })

  it('has each event at the level that the code logs it at', () => {
    const levels = new Map(rows.map(({ event, level }) => [event, level]))
    const logged = listLevels()
    expect(logged.length).toBeGreaterThan(30)
    expect(logged.filter(([event, level]) => levels.get(event) !== level)).toEqual([])
  })

  it('has each event in the stream that its entries name', () => {
    const wrong = rows.filter(
      ({ event, level, stream }) => selectLogStream(event, level === 'any' ? 'info' : level) !== stream,
    )
    expect(wrong).toEqual([])
    const events = Object.keys(AUDIT_EVENTS)
    expect(events.filter((event) => selectLogStream(event, 'audit') !== 'auth')).toEqual([])
  })

  it('has the names of the Elastic Common Schema that entries have', () => {
    const [, section = ''] = page.split('## Elastic Common Schema')
    const named = [...section.matchAll(/^\| `(\w+)` +\| `([^`]+)`/gm)].map(([, own, field]) => [own, field])
    const others = { log: 'event.dataset', ms: 'event.duration', err: 'error.type' }
    expect(Object.fromEntries(named)).toEqual({ ...ECS_NAMES, ...others })
  })

  it('shows a current entry', async () => {
    const lines: string[] = []
    const [embedded] = BACKENDS as readonly [Backend]
    const log = { write: (line: string) => void lines.push(line) }
    const gateway = await startGateway(embedded, { LOG_LEVEL: 'info' }, { log })
    const { accessToken } = await gateway.signUp()
    await gateway.sendText('query Me { me { id } }', {}, { token: accessToken })
    await gateway.close()
    const entry = lines.map(parse).findLast(({ event }) => event === 'http.request_completed')
    const example = parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '{}')
    expect(Object.keys(example)).toEqual(Object.keys(entry ?? {}))
    const stable = ['level', 'event', 'log', 'method', 'route', 'status', 'operation', 'msg']
    for (const name of stable) expect([name, example[name]]).toEqual([name, entry?.[name]])
  })
})

function parse(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>
}
