import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migrate } from '../../src/adapters/database/migrations.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { startCollector } from '../support/servers/collector.ts'
import { gatewayProcesses, runGateway } from '../support/servers/gateway-process.ts'
import { startNtpServer } from '../support/servers/ntp.ts'
import { startPgBouncer } from '../support/servers/pgbouncer.ts'
import { query, startPostgres, type PostgresServer } from '../support/servers/postgres.ts'
import { startRedis, type RedisServer } from '../support/servers/redis.ts'

interface Report {
  readonly status: string
  readonly findings: readonly { readonly area: string; readonly status: string; readonly text: string }[]
}

describeWith(['postgresql', 'redis', 'pgbouncer'], 'gateway doctor (SR-274)', () => {
  const { folder } = gatewayProcesses()
  const secret = randomBytes(32).toString('base64')
  let postgres: PostgresServer
  let redis: RedisServer
  let owner: string
  let url: string
  beforeAll(async () => {
    postgres = await startPostgres()
    redis = await startRedis(['--requirepass', 'redis-password'])
    owner = await postgres.createDatabase()
    await query(owner, `CREATE ROLE gateway LOGIN PASSWORD 'database-password'`)
    url = owner.replace('postgres@', 'gateway:database-password@')
  })
  afterAll(async () => {
    await redis.stop()
    await postgres.stop()
  })

  const settings = () => ({
    DATA_DIR: folder(),
    DATABASE_URL: url,
    GATEWAY_SECRET: secret,
    REDIS_URL: redis.url.replace('redis://', 'redis://:redis-password@'),
  })
  async function examine(
    environment: Record<string, string>,
    args: readonly string[] = [],
  ): Promise<Report & { exit: number | null; output: string }> {
    const { status: exit, output } = await runGateway(environment, ['doctor', '--json', ...args])
    for (const hidden of [secret, 'redis-password', 'database-password']) expect(output).not.toContain(hidden)
    return { ...(JSON.parse(output) as Report), exit, output }
  }
  const list = ({ findings }: Report, status: string) =>
    findings.filter((finding) => finding.status === status).map(({ text }) => text)

  it('fails with status 1 where migrations are pending that no start applies', async () => {
    const report = await examine({ ...settings(), MIGRATE_ON_START: 'off' })
    expect([report.exit, report.status]).toEqual([1, 'failure'])
    expect(list(report, 'failure')).toEqual([
      expect.stringMatching(/^migrations: \d+ pending and MIGRATE_ON_START=off$/),
    ])
  })

  it('fails with status 1 where the role lacks a right on a table', async () => {
    await migrate({ url: owner, now: Date.now })
    await query(owner, 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO gateway')
    await query(owner, 'REVOKE DELETE ON posts FROM gateway')
    const report = await examine({ ...settings(), MIGRATE_ON_START: 'off' })
    expect(list(report, 'failure')).toEqual([
      'rights: the role lacks SELECT, INSERT, UPDATE or DELETE on posts',
    ])
    await query(owner, 'GRANT DELETE ON posts TO gateway')
  })

  it('passes with status 0, for people and for programs', async () => {
    const report = await examine(settings())
    expect([report.exit, report.status]).toEqual([0, 'warning'])
    expect(list(report, 'ok')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^PostgreSQL \d+/),
        'encoding: UTF8',
        expect.stringMatching(/^migrations: \d+ applied, none pending$/),
        'rights: the role reads and writes every table',
        expect.stringMatching(/^connections: up to 10 of this gateway, \d+ allowed/),
        'redis, responds',
        expect.stringMatching(/^signing key: ES256, created at the first start$/),
        expect.stringMatching(/^the database is \d+ ms (ahead of|behind) this machine$/),
        expect.stringMatching(/^the state store is \d+ ms (ahead of|behind) this machine$/),
      ]),
    )
    expect(list(report, 'warning')).toContain(
      'rights: the role may not create tables, so a start with pending migrations fails',
    )
    const { status, output } = await runGateway(settings(), ['doctor'])
    expect(status).toBe(0)
    expect(output).toMatch(/^ok {7}database {2}encoding: UTF8$/m)
    expect(output).toMatch(/^\d+ checks: 0 failed, \d+ with a warning$/m)
    expect((await query(owner, 'SELECT kid FROM signing_keys')).rows).toEqual([])
  })

  it('fails where the secret does not open the signing keys, and passes where an accepted one does', async () => {
    const folderOfNode = folder()
    const own = { ...settings(), DATA_DIR: folderOfNode }
    await runGateway(own, ['keys', 'rotate'])
    expect((await query(owner, 'SELECT kid FROM signing_keys')).rows.length).toBeGreaterThan(0)
    expect(list(await examine(own), 'failure')).toEqual([])
    const other = { ...own, GATEWAY_SECRET: randomBytes(32).toString('base64') }
    expect(list(await examine(other), 'failure')).toEqual([
      expect.stringMatching(/^signing keys: (\d) of \1 were sealed under another GATEWAY_SECRET$/),
    ])
    expect(list(await examine({ ...other, GATEWAY_SECRETS_ACCEPTED: secret }), 'failure')).toEqual([])
  })

  it('names a pooler, a store and a transport that cannot be used', async () => {
    const pooler = await startPgBouncer(owner)
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    const transports = {
      MAIL_TRANSPORTS: 'smtp',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'a@example.com',
      SMS_TRANSPORTS: 'webhook',
      MESSAGE_WEBHOOK_URL: `http://127.0.0.1:${port}/messages`,
      MESSAGE_WEBHOOK_SECRET: randomBytes(32).toString('base64'),
    }
    const report = await examine({
      ...{ DATA_DIR: folder(), GATEWAY_SECRET: secret, DATABASE_URL: pooler.through(owner), ...transports },
    })
    expect(report.exit).toBe(1)
    expect(list(report, 'failure')).toEqual(['e-mail: smtp cannot be used (ESOCKET)'])
    expect(list(report, 'warning')).toContain(
      'events between nodes: a pooler keeps notifications back, so sessions are polled once a second',
    )
    expect(list(report, 'ok')).toContain('SMS: webhook accepts connections')
    closed.close()
    await pooler.stop()
    await redis.crash()
    const lost = await examine(settings())
    expect([lost.exit, ...list(lost, 'failure')]).toEqual([1, 'redis does not respond'])
  })

  it('names a collector of traces, and warns of one that cannot be used; it gets no request', async () => {
    const collector = await startCollector()
    const examineAt = (url: string) =>
      examine({ DATA_DIR: folder(), OTEL_EXPORTER_OTLP_ENDPOINT: url, GATEWAY_SECRET: secret })
    expect(list(await examineAt(collector.url), 'ok')).toContain(
      `collector ${new URL(collector.url).host} accepts connections`,
    )
    expect(collector.exports).toEqual([])
    await collector.close()
    const report = await examineAt(collector.url)
    expect([report.exit, ...list(report, 'failure')]).toEqual([0])
    expect(list(report, 'warning')).toContain(
      `collector ${new URL(collector.url).host} cannot be used (ECONNREFUSED)`,
    )
  })

  it.each([
    [500, 'ok', 'ahead of'],
    [90_000, 'warning', 'ahead of'],
    [-90_000, 'warning', 'behind'],
  ])('shows a clock that is %s ms off an NTP server with status %s', async (offsetMs, status, direction) => {
    const server = await startNtpServer({ offsetMs })
    const report = await examine({ DATA_DIR: folder() }, ['--ntp', `127.0.0.1:${server.port}`])
    await server.stop()
    const found = list(report, status).map((text) =>
      /^the NTP server 127\.0\.0\.1 is (\d+) ms (ahead of|behind) this machine$/.exec(text),
    )
    const [, ms, shown] = found.find((match) => match !== null) ?? []
    expect([report.exit, shown]).toEqual([0, direction])
    expect(Math.abs(Number(ms) - Math.abs(offsetMs))).toBeLessThan(1400)
  })

  it('warns of an NTP server that does not respond', async () => {
    const server = await startNtpServer({ change: () => null })
    const report = await examine({ DATA_DIR: folder() }, ['--ntp', `127.0.0.1:${server.port}`])
    await server.stop()
    expect(report.exit).toBe(0)
    expect(list(report, 'warning')).toContain('the NTP server 127.0.0.1 does not respond')
  })

  it('names a database that cannot be used, and ends with status 78 for invalid settings', async () => {
    const report = await examine({ ...settings(), DATABASE_URL: owner.replace(/:\d+\//, ':1/') })
    expect(report.exit).toBe(1)
    expect(list(report, 'failure')).toContain(
      'DATABASE_URL: PostgreSQL cannot be reached (nothing listens there)',
    )
    expect((await runGateway({ DATABASE_URL: 'none' }, ['doctor'])).status).toBe(78)
  })
})
