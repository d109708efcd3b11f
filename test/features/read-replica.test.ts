import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migrate } from '../../src/adapters/database/migrations.ts'
import { openDatabase } from '../../src/adapters/database/open-database.ts'
import { openReadReplica, readPosition, type ReadReplica } from '../../src/adapters/database/read-replica.ts'
import { systemRandom } from '../../src/core/secrets.ts'
import { Prisma } from '../../src/generated/sqlite/client.ts'
import { CreatePostDocument, PostsDocument } from '../generated/graphql.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { findViolations } from '../support/consistency/history.ts'
import { createSeededRandom } from '../support/consistency/seeded-random.ts'
import { ROLE_NAMES, Workload, type Person } from '../support/consistency/workload.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { createRecordingLogger } from '../support/recording-logger.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { query, startPostgres, type PostgresServer } from '../support/servers/postgres.ts'
import { eventually } from '../support/servers/processes.ts'

const alone = BACKENDS.find(({ name }) => name === 'PostgreSQL alone') as Backend
/** Shortest duration of the workload, in milliseconds. */
const DURATION_MS = 4000

describeWith(['postgresql'], 'a read replica (SR-269)', () => {
  const log = createRecordingLogger()
  let primary: PostgresServer
  let server: PostgresServer
  let urls: {
    readonly DATABASE_URL: string
    readonly DATABASE_REPLICA_URL: string
    readonly GATEWAY_SECRET: string
  }
  let replica: ReadReplica
  beforeAll(async () => {
    primary = await startPostgres()
    const url = await primary.createDatabase()
    await migrate({ url, now: Date.now })
    server = await startPostgres(primary)
    const replicaUrl = url.replace(`:${primary.port}`, `:${server.port}`)
    urls = {
      DATABASE_URL: url,
      DATABASE_REPLICA_URL: replicaUrl,
      GATEWAY_SECRET: randomBytes(32).toString('base64'),
    }
    replica = await openReadReplica(replicaUrl, { log, random: systemRandom })
  })
  afterAll(async () => {
    await replica.close()
    await server.stop()
    await primary.stop()
  })

  /** Number of reads of posts on a server, once its statistics are written. */
  async function countReads(url: string): Promise<number> {
    const { rows } = await query(
      url,
      `SELECT COALESCE(SUM(seq_scan + COALESCE(idx_scan, 0)), 0)::int AS reads FROM pg_stat_user_tables WHERE relname = 'posts'`,
    )
    return (rows as { reads: number }[])[0]?.reads ?? 0
  }
  const start = (settings: Record<string, string> = {}) =>
    startGateway(alone, { ...urls, RATE_LIMIT_SCALE: '100000', ...settings })
  const NO_CACHES = { CACHE_POSTS_SECONDS: '0', CACHE_RESPONSE_SECONDS: '0' }

  async function createPost(gateway: TestGateway, token: string, title: string): Promise<void> {
    await gateway.ask(CreatePostDocument, { input: { title, content: 'text', published: true } }, token)
  }
  async function listTitles(gateway: TestGateway, token: string): Promise<readonly string[]> {
    const { posts } = await gateway.ask(PostsDocument, { first: 5 }, token)
    expect(posts.totalCount).toBeGreaterThanOrEqual(posts.edges.length)
    return posts.edges.map(({ node }) => node.title)
  }

  it('returns rows only once it has replayed the change that they must include', async () => {
    const database = await openDatabase(urls.DATABASE_URL, { log, random: systemRandom })
    const statement = Prisma.sql`SELECT pg_is_in_recovery() AS standby`
    const position = (await readPosition(database)) ?? ''
    expect(
      await eventually(async () => (await replica.read('viewer', statement, position)) ?? false),
    ).toEqual([{ standby: true }])
    expect(await replica.read('viewer', statement, 'FFFFFFFF/0')).toBeNull()
    await database.close()
  })

  it('is not read where its URL names a primary', async () => {
    const wrong = await openReadReplica(urls.DATABASE_URL, { log, random: systemRandom })
    expect(await wrong.read('viewer', Prisma.sql`SELECT 1 AS one`, '0/1')).toBeNull()
    await wrong.close()
  })

  it('serves lists, and nothing else', async () => {
    const gateway = await start(NO_CACHES)
    const { accessToken } = await gateway.signUp()
    await createPost(gateway, accessToken, 'first')
    const before = await countReads(urls.DATABASE_REPLICA_URL)
    await eventually(async () => {
      expect(await listTitles(gateway, accessToken)).toContain('first')
      return (await countReads(urls.DATABASE_REPLICA_URL)) > before
    })
    const { rows } = await query(
      urls.DATABASE_REPLICA_URL,
      `SELECT relname FROM pg_stat_user_tables WHERE seq_scan + COALESCE(idx_scan, 0) > 0 ORDER BY 1`,
    )
    expect((rows as { relname: string }[]).map(({ relname }) => relname)).toEqual(['posts', 'users'])
    await gateway.close()
  })

  it('that is 3 s behind hides no change that ended before, on any node and with every cache (SR-231)', async () => {
    // The workload knows every account and post of its database.
    const url = await primary.createDatabase()
    await migrate({ url, now: Date.now })
    const replicaUrl = url.replace(`:${primary.port}`, `:${server.port}`)
    await eventually(() => query(replicaUrl, 'SELECT 1 FROM posts'))
    await server.configure({ recovery_min_apply_delay: '3s' })
    const gateway = await start({
      ...{ DATABASE_URL: url, DATABASE_REPLICA_URL: replicaUrl, CACHE_ACCOUNT_SECONDS: '3600' },
      ROLES: ['USER', 'ADMIN', ...ROLE_NAMES].join(','),
    })
    const uncached = await gateway.sibling(NO_CACHES)
    const people = async (count: number): Promise<Person[]> =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const { user, accessToken: token } = await gateway.signUp()
          return { userId: user.id, token }
        }),
      )
    const [members, authors, leavers] = [await people(4), await people(2), await people(2)]
    const seed = Math.floor(Math.random() * 2 ** 32)
    console.log(`seed of the workload on a replica that is behind: ${seed}`)
    const nodes = [gateway, uncached]
    const workload = new Workload({ nodes, members, authors, leavers }, createSeededRandom(seed))
    const end = Date.now() + DURATION_MS
    const { reads, writes } = workload.history
    await workload.run(() => Date.now() > end && reads.length > 200 && writes.length > 30)
    expect(findViolations(workload.history)).toEqual([])
    await uncached.app.close()
    await gateway.close()
    await server.configure({ recovery_min_apply_delay: '0' })
  })

  it('that is lost or hangs leaves lists to the primary, with a log entry (SR-270)', async () => {
    const lines: string[] = []
    const output = { write: (line: string) => void lines.push(line) }
    const settings = { ...urls, ...NO_CACHES, LOG_LEVEL: 'warn', RATE_LIMIT_SCALE: '1000' }
    const gateway = await startGateway(alone, settings, { log: output })
    const { accessToken } = await gateway.signUp()
    await createPost(gateway, accessToken, 'kept')
    await sleep(200)
    for (const fault of ['pause', 'crash'] as const) {
      await server[fault]()
      for (let request = 0; request < 10; request += 1)
        expect(await listTitles(gateway, accessToken)).toContain('kept')
      if (fault === 'pause') server.resume()
    }
    expect(lines.join('')).toContain('"event":"database.replica_unavailable"')
    expect((await gateway.app.http.app.inject('/readyz')).statusCode).toBe(200)
    await gateway.close()
    await server.restart()
  })
})
