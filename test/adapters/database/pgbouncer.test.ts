import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../../src/adapters/database/database.ts'
import { migrate } from '../../../src/adapters/database/migrations.ts'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { openPostgresqlPubSub } from '../../../src/adapters/pub-sub/postgresql.ts'
import { DEFAULT_POSTGRESQL } from '../../../src/config/groups/database.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { createRecordingLogger } from '../../support/recording-logger.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { startPgBouncer, type PgBouncer } from '../../support/servers/pgbouncer.ts'
import { query, startPostgres, type PostgresServer } from '../../support/servers/postgres.ts'
import { eventually } from '../../support/servers/processes.ts'

describeWith(['postgresql', 'pgbouncer'], 'PostgreSQL through PgBouncer in transaction mode', () => {
  const log = createRecordingLogger()
  let server: PostgresServer
  let pooler: PgBouncer
  let database: Database
  let url: string
  beforeAll(async () => {
    server = await startPostgres()
    url = await server.createDatabase()
    pooler = await startPgBouncer(url)
    await migrate({ url: pooler.through(url), now: Date.now })
    database = await openDatabase(pooler.through(url), { log, random: systemRandom })
  })
  afterAll(async () => {
    await database.close()
    await pooler.stop()
    await server.stop()
  })

  async function findCause(work: Promise<unknown>): Promise<string> {
    const failure = await work.then(
      () => null,
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    return String((failure as Error).cause)
  }

  it('cancels a slow statement at the time limit, in a transaction and outside of one (SR-268)', async () => {
    const alone = database.run((prisma) => prisma.$queryRaw`SELECT pg_sleep(2), ${1} AS value`)
    expect(await findCause(alone)).toContain('statement timeout')
    const withoutValues = database.run((prisma) => prisma.$queryRaw`SELECT pg_sleep(2)`)
    expect(await findCause(withoutValues)).toContain('statement timeout')
    const inTransaction = database.run((prisma) =>
      prisma.$transaction([prisma.$queryRaw`SELECT 1 AS one`, prisma.$queryRaw`SELECT pg_sleep(2)`]),
    )
    expect(await findCause(inTransaction)).toContain('statement timeout')
    expect(await database.run((prisma) => prisma.$queryRaw`SELECT 1 AS one`)).toEqual([{ one: 1 }])
  })

  it('makes all of its first connections at once', async () => {
    const other = await openDatabase(pooler.through(url), { log: SILENT_LOGGER, random: systemRandom })
    const first = Array.from({ length: 10 }, () => other.run((prisma) => prisma.$queryRaw`SELECT 1 AS one`))
    expect(await Promise.all(first)).toEqual(Array.from({ length: 10 }, () => [{ one: 1 }]))
    await other.close()
  })

  it('logs once that the limits are set in each transaction', () => {
    expect(log.entries.filter(({ event }) => event === 'database.pooler_detected')).toHaveLength(1)
  })

  it('leaves no limit behind in the sessions of the server, which other programs use', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        database.run((prisma) => prisma.$transaction([prisma.$queryRaw`SELECT 1 AS one`])),
      ),
    )
    await Promise.all(
      Array.from({ length: 20 }, () => database.run((prisma) => prisma.$queryRaw`SELECT 1 AS one`)),
    )
    const statement = `SELECT current_setting('statement_timeout') AS timeout, current_setting('search_path') AS path`
    const seen = await Promise.all(
      Array.from({ length: 10 }, async () => (await query(pooler.through(url), statement)).rows as unknown[]),
    )
    expect(seen.flat()).toEqual(Array.from({ length: 10 }, () => ({ timeout: '0', path: '"$user", public' })))
  })

  it('reads its own rows on a session whose parameters another program had changed', async () => {
    // The pooler changes them back, and passes on the ParameterStatus between the responses of a statement.
    const others = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const client = new pg.Client({ connectionString: pooler.through(url) })
        await client.connect()
        await client.query(`SET TimeZone TO 'Asia/Seoul'; SET application_name TO 'another'`)
        return client
      }),
    )
    for (let round = 0; round < 20; round += 1) {
      const rows = await Promise.all([
        ...Array.from({ length: 10 }, (_, value) =>
          database.run((prisma) => prisma.$queryRaw<{ value: number }[]>`SELECT ${value}::int AS value`),
        ),
        ...others.map(async (client) => {
          await client.query('SELECT 1')
          return []
        }),
      ])
      expect(rows.flat()).toEqual(Array.from({ length: 10 }, (_, value) => ({ value })))
    }
    for (const client of others) await client.end()
  })

  it('keeps the limits where the pooler ignores what a connection asks for', async () => {
    const ignorant = await startPgBouncer(url, ['ignore_startup_parameters = statement_timeout,options'])
    const other = await openDatabase(ignorant.through(url), { log, random: systemRandom })
    const slow = other.run((prisma) => prisma.$queryRaw`SELECT pg_sleep(2)`)
    expect(await findCause(slow)).toContain('statement timeout')
    await other.close()
    await ignorant.stop()
  })

  it('is polled once a second for events between nodes, with a warning that names the setting', async () => {
    const pubSub = openPostgresqlPubSub({ url: pooler.through(url), config: DEFAULT_POSTGRESQL, log })
    await eventually(async () => pubSub.pollIntervalMs === 1000)
    expect(log.entries.filter(({ event }) => event === 'database.listen_unsupported')).toEqual([
      expect.objectContaining({
        level: 'warn',
        message: expect.stringContaining('DATABASE_DIRECT_URL') as string,
      }),
    ])
    let heard = 0
    pubSub.listen('topic', () => (heard += 1))
    pubSub.send(['topic'])
    expect(heard).toBe(1)
    await pubSub.close()
  })

  it('delivers events between nodes over a direct URL, and through a pooler in session mode', async () => {
    const sessions = await startPgBouncer(url, ['pool_mode = session'])
    for (const direct of [url, sessions.through(url)]) {
      const nodes = [1, 2].map(() => openPostgresqlPubSub({ url: direct, config: DEFAULT_POSTGRESQL, log }))
      const [sender, receiver] = nodes
      let heard = 0
      receiver?.listen('topic', () => (heard += 1))
      await eventually(async () => {
        sender?.send(['topic'])
        return heard > 0
      })
      expect(nodes.map(({ pollIntervalMs }) => pollIntervalMs)).toEqual([15_000, 15_000])
      for (const node of nodes) await node.close()
    }
    await sessions.stop()
  })
})
