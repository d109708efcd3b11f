import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { EXTREMES, describeOn, freshDatabase, freshRedis, readRows } from '../support/backends.ts'
import { gatewayProcesses, postTo, runGateway, signUpAt } from '../support/servers/gateway-process.ts'
import { query } from '../support/servers/postgres.ts'
import { eventually } from '../support/servers/processes.ts'

const MINUTE_MS = 60_000
const CHANGE = `mutation { changePassword(input: {
  currentPassword: "a quiet harbour at dawn", newPassword: "a quiet harbour at dusk" }) { messageKey } }`
const CREATE =
  'mutation ($title: String!) { createPost(input: { title: $title, content: "x" }) { id createdAt } }'
const READ = `query ($after: String) {
  me { createdAt } sessions { createdAt lastUsedAt } myAuditEvents { nodes { at } }
  posts(first: 1, after: $after) { nodes { title createdAt updatedAt } pageInfo { endCursor } } }`

/** A time in the format of ISO 8601 with its zone. */
const TIMES = /\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?/g

describeOn(EXTREMES, 'in a time zone other than UTC', (backend) => {
  const { folder, start } = gatewayProcesses()

  /** Settings with a database whose sessions have another time zone, too. */
  async function buildSettings(zone: string): Promise<Record<string, string>> {
    const home = folder()
    const url = await freshDatabase(backend.database, home)
    if (backend.database === 'postgresql')
      await query(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET timezone TO 'Asia/Kathmandu'`)
    const store: Record<string, string> = backend.store === 'redis' ? { REDIS_URL: await freshRedis() } : {}
    return { DATA_DIR: home, DATABASE_URL: url, TZ: zone, ...store }
  }

  /** Times that SQL statements of an operator return, as they are stored. */
  async function readStoredTimes(url: string): Promise<string[]> {
    const columns = { users: 'created_at', sessions: 'created_at', posts: 'created_at', audit_events: 'at' }
    const statements = Object.entries(columns).map(([table, column]) =>
      backend.database === 'postgresql'
        ? `SELECT to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS stored FROM ${table}`
        : `SELECT ${column} AS stored FROM ${table}`,
    )
    const rows = await Promise.all(
      statements.map((statement) => readRows<{ stored: string | number }>(url, statement)),
    )
    for (const found of rows) expect(found.length).toBeGreaterThan(0)
    return rows
      .flat()
      .map(({ stored }) => (typeof stored === 'number' ? new Date(stored).toISOString() : stored))
  }

  it.each(['Pacific/Kiritimati', 'America/St_Johns'])(
    '%s, times in responses, SQL, the log, messages and commands are in UTC',
    async (zone) => {
      const began = Date.now()
      const settings = await buildSettings(zone)
      const { DATA_DIR: home = '', DATABASE_URL: url = '' } = settings
      const gateway = await start(settings)
      const headers = { authorization: `Bearer ${await signUpAt(gateway)}` }
      const send = (text: string, variables = {}) => postTo(gateway.address, text, variables, headers)
      for (const title of ['first', 'second']) expect((await send(CREATE, { title })).errors).toBeUndefined()
      expect((await send(CHANGE)).errors).toBeUndefined()

      const newest = await send(READ)
      const posts = newest.data?.['posts'] as { nodes: { title: string }[]; pageInfo: { endCursor: string } }
      const older = await send(READ, { after: posts.pageInfo.endCursor })
      // The cursor of a page has a time.
      expect([posts.nodes, older.data?.['posts']?.['nodes']]).toEqual([
        [expect.objectContaining({ title: 'second' })],
        [expect.objectContaining({ title: 'first' })],
      ])

      const mailbox = join(home, 'outbox/outbox.jsonl')
      const notice = await eventually(
        async () => /Time: (\S+) (\S+) UTC/.exec(readFileSync(mailbox, 'utf8')) ?? false,
      )
      const mails = readFileSync(mailbox, 'utf8').split('\n').filter(Boolean)
      const shown = await runGateway(settings, ['user', 'show', 'ada@example.com'])
      const stored = await eventually(() => readStoredTimes(url).catch(() => false as const))
      const ended = Date.now()

      const seen = {
        responses: JSON.stringify([newest.data, older.data]).match(TIMES) ?? [],
        SQL: stored,
        log: [...gateway.output().matchAll(/"time":"([^"]+)"/g)].map(([, time = '']) => time),
        mails: mails.map((line) => (JSON.parse(line) as { at: string }).at),
        notice: [`${notice[1]}T${notice[2]}:00.000Z`],
        command: shown.output.match(TIMES) ?? [],
      }
      // A notice has the time to the minute.
      const isWithin = (time: string) => {
        const at = Date.parse(time.replace(/\+00:00$/, 'Z'))
        return /(Z|\+00:00)$/.test(time) && at >= began - MINUTE_MS && at <= ended + MINUTE_MS
      }
      for (const [place, times] of Object.entries(seen)) {
        expect([place, times.length > 0]).toEqual([place, true])
        expect([place, times.filter((time) => !isWithin(time))]).toEqual([place, []])
      }
    },
  )
})
