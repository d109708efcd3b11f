import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../../src/adapters/database/database.ts'
import { parseConstraint } from '../../../src/adapters/database/failures.ts'
import { migrate } from '../../../src/adapters/database/migrations.ts'
import { PostgresqlPool } from '../../../src/adapters/database/postgresql-pool.ts'
import { PostgresqlTargets } from '../../../src/adapters/database/postgresql-targets.ts'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { DEFAULT_POSTGRESQL } from '../../../src/config/groups/database.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { startPostgres, type PostgresServer } from '../../support/servers/postgres.ts'
import { eventually } from '../../support/servers/processes.ts'

describeWith(['postgresql'], 'the PostgreSQL database', () => {
  let server: PostgresServer
  let url: string
  let database: Database
  beforeAll(async () => {
    server = await startPostgres()
    url = await server.createDatabase()
    await migrate({ url, now: () => Date.now() })
    database = await openDatabase(url, { log: SILENT_LOGGER, random: systemRandom })
  })
  afterAll(async () => {
    await database.close()
    await server.stop()
  })

  const put = (key: string) =>
    database.run((prisma) => prisma.stateEntry.create({ data: { key, value: '0', expiresAt: 1n } }))
  const add = (key: string) =>
    database.run(
      (prisma) => prisma.$executeRaw`
    UPDATE state_entries SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = ${key}`,
    )

  async function expectUnavailable(): Promise<void> {
    const started = performance.now()
    await expect(database.ping()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(performance.now() - started).toBeLessThan(1000)
  }

  it('distinguishes a constraint violation from an outage (SR-158)', async () => {
    await put('twice')
    const failure: unknown = await put('twice').catch((error: unknown) => error)
    expect(parseConstraint(failure)?.kind).toBe('unique')
    await database.ping()
  })

  it('loses no update of 200 writers (SR-156)', async () => {
    await put('counter')
    await Promise.all(Array.from({ length: 200 }, () => add('counter')))
    expect((await database.prisma.stateEntry.findUnique({ where: { key: 'counter' } }))?.value).toBe('200')
  })

  it('is unavailable within a second while the server hangs, and recovers within two seconds (SR-161)', async () => {
    await database.ping()
    server.pause()
    await expectUnavailable()
    await expectUnavailable()
    server.resume()
    await eventually(() => database.ping().then(() => true), 2000)
  })

  it('is unavailable within a second while the server is down, and recovers within two seconds of its restart (SR-161)', async () => {
    await Promise.all(Array.from({ length: 5 }, () => database.ping()))
    await server.crash()
    for (let call = 0; call < 8; call += 1) await expectUnavailable()
    await server.restart()
    await eventually(() => database.ping().then(() => true), 2000)
  })

  it('outlives a connection that breaks while it is checked out (SR-275)', async () => {
    const targets = new PostgresqlTargets(url, DEFAULT_POSTGRESQL)
    const pool = new PostgresqlPool(targets, DEFAULT_POSTGRESQL, SILENT_LOGGER)
    const client = await pool.connect()
    if (!(client instanceof pg.Client)) throw new Error('not a client of pg')
    client.connection.stream.destroy(new Error('write EPIPE'))
    await expect(client.query('SELECT 1')).rejects.toThrow('write EPIPE')
    client.release(true)
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  })

  it('rejects work quickly while all connections are busy, and recovers when one becomes free (SR-160)', async () => {
    const holding = Array.from({ length: 10 }, () =>
      database.run((prisma) => prisma.$transaction(() => sleep(1500), { timeout: 3000 })),
    )
    await sleep(50)
    await expectUnavailable()
    await Promise.all(holding)
    await database.ping()
  })

  it('serves a burst far larger than its pool in order of arrival (SR-160)', async () => {
    await put('burst')
    const counts = await Promise.all(Array.from({ length: 1000 }, () => add('burst')))
    expect(counts).toEqual(Array.from({ length: 1000 }, () => 1))
  })
})
