import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { median, report, buildTable } from './figures.ts'
import { buildHeaders, launchBare, launchGateway, USERS, type Gateway, type Server } from './servers.ts'

// Throughput and latency of authenticated requests, as ratios to a bare Apollo Server on Fastify in the same
// run. The servers take turns for several rounds, so that variations of the machine affect all of them, and
// medians are reported. Each connection belongs to another user.

const ROUNDS = 5
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4)
const ME = '{ me { id email } }'
const LIST =
  '{ posts(first: 20) { nodes { id title published author { id fullName } } pageInfo { hasNextPage endCursor } } }'

interface Target {
  readonly name: string
  readonly address: string
  readonly query: string
  /** Null for a server without authentication. */
  readonly tokens: readonly string[] | null
}

interface Figures {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'))
const servers: Server[] = []

async function main(): Promise<void> {
  const [redis, postgres] = [await startRedis(), await startPostgres()]
  try {
    const bare = track(await launchBare())
    const embedded = track(await launchGateway({ DATA_DIR: join(folder, 'embedded') }, null))
    const grown = track(
      await launchGateway(
        {
          DATA_DIR: join(folder, 'grown'),
          DATABASE_URL: await postgres.createDatabase(),
          REDIS_URL: redis.url,
        },
        null,
      ),
    )
    const hello = { name: 'bare Apollo on Fastify: `{ hello }`', query: '{ hello }', tokens: null }
    const targets = [
      { ...hello, address: bare.address },
      ...buildTargets('SQLite alone', embedded),
      ...buildTargets('PostgreSQL and Redis', grown),
    ]
    await print(targets, await measureInTurns(targets))
  } finally {
    for (const server of servers) await server.stop()
    await redis.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function track<S extends Server>(server: S): S {
  servers.push(server)
  return server
}

function buildTargets(name: string, { address, tokens }: Gateway): Target[] {
  return [
    { name: `${name}: \`${ME}\``, address, tokens, query: ME },
    { name: `${name}: \`posts(first: 20)\``, address, tokens, query: LIST },
  ]
}

async function measureInTurns(targets: readonly Target[]): Promise<Map<string, Figures>> {
  const all = new Map<string, Figures[]>(targets.map(({ name }) => [name, []]))
  for (const target of targets) await measure(target, 2)
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const target of targets) all.get(target.name)?.push(await measure(target, SECONDS))
    console.log(`round ${round + 1} of ${ROUNDS}`)
  }
  return new Map([...all].map(([name, runs]) => [name, toMedian(runs)]))
}

async function measure({ address, query, tokens, name }: Target, duration: number): Promise<Figures> {
  const url = `${address}/graphql`
  const body = JSON.stringify({ query })
  const token = (user: number) => tokens?.[user % USERS] ?? null
  const responses = await Promise.all(
    Array.from({ length: USERS }, async (_, user) => {
      const response = await fetch(url, { method: 'POST', headers: buildHeaders(token(user)), body })
      return response.text()
    }),
  )
  const expected = new Set(responses)
  let user = 0
  const result = await autocannon({
    url,
    method: 'POST',
    body,
    connections: USERS,
    duration,
    setupClient: (client) => client.setHeaders(buildHeaders(token(user++))),
    // A response that differs from the first ones is an error.
    verifyBody: (response) => expected.has(String(response)),
  })
  if (result.non2xx + result.errors + result.mismatches > 0)
    throw new Error(`${name}: ${result.errors} errors, ${result.mismatches} unexpected responses`)
  return { perSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 }
}

function toMedian(runs: readonly Figures[]): Figures {
  const middle = (pick: (figures: Figures) => number) => median(runs.map(pick))
  return {
    perSecond: middle((run) => run.perSecond),
    p50: middle((run) => run.p50),
    p99: middle((run) => run.p99),
  }
}

async function print(targets: readonly Target[], figures: Map<string, Figures>): Promise<void> {
  const base = figures.get(targets[0]?.name ?? '')
  const rows = targets.map(({ name }) => {
    const { perSecond, p50, p99 } = figures.get(name) ?? { perSecond: 0, p50: 0, p99: 0 }
    return [name, (perSecond / (base?.perSecond ?? 1)).toFixed(2), perSecond.toFixed(0), p50, p99]
  })
  const setting = `Node ${process.versions.node}, ${cpus().length} cores shared by server and client, ${USERS} users with one connection each, median of ${ROUNDS} rounds of ${SECONDS} s.`
  await report(
    'requests',
    `${buildTable(['what', 'ratio', 'requests/s', 'p50 ms', 'p99 ms'], rows)}\n\n${setting}`,
  )
}

await main()
