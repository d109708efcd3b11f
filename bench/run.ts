import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { runCallers, type Figures } from './callers.ts'
import { buildTable, median, report } from './figures.ts'
import { pinClient, readCpuMicros, SERVER_CORE } from './process-figures.ts'
import { buildRequest, ME, POSTS } from './requests.ts'
import {
  launchBare,
  launchBareFastify,
  launchBareSignature,
  launchBareUpdate,
  launchGateway,
  launchNode,
  USERS,
  type Gateway,
  type Server,
} from './servers.ts'
import { chainRefreshes, refreshTokens, repeatQuery, signInUsers, useTokensOnce } from './workloads.ts'

// Throughput, CPU time and latency of requests, as ratios in the same run. The server has a core of its own;
// the client and the stores share the other. The measurements take turns for several rounds, so that
// variations of the machine affect all of them, and medians are reported. Each of 48 callers has a connection
// and an account of its own.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4)
/** Tokens of each caller in one round of first uses: by refreshes, and by sign-ins, which hash passwords. */
const [TOKENS, SIGN_INS] = [60, 10] as const

/** Load before each measurement, in seconds: after a pause, a gateway needs two until it is as fast again. */
const WARM_UP_SECONDS = 3

/** Interval at which servers are checked for remaining work, in milliseconds. */
const SETTLE_MS = 250
/** CPU time of all idle servers in this interval, in microseconds. */
const IDLE_MICROS = 20_000

/** A row of the table. The figures of a row are divided by those of its base in the same run. */
interface Row {
  readonly name: string
  readonly base: string
  /** Runs the load for some seconds; uses of tokens end with the tokens. */
  readonly measure: (seconds: number) => Promise<Figures>
  /** Runs a load before the measurement. Default: the same. */
  readonly warmUp?: (seconds: number) => Promise<unknown>
}

const NO_RESPONSES = { CACHE_RESPONSE_SECONDS: '0' }
const ACCOUNTS = { CACHE_ACCOUNT_SECONDS: '60' }
const IN_MEMORY = { ...ACCOUNTS, CACHE_SESSION_LOCAL_SECONDS: '60' }
/** Nodes whose caches differ from the default, which is levels 1, 3 and 4. */
const VARIANTS = {
  'no response cache': NO_RESPONSES,
  'no response cache, level 2': { ...NO_RESPONSES, ...ACCOUNTS },
  'level 2': ACCOUNTS,
} as const
/** The same on Redis, which reports changes of what a node keeps. */
const REDIS_VARIANTS = {
  'no response cache': NO_RESPONSES,
  'no response cache, level 2, records in memory': { ...NO_RESPONSES, ...IN_MEMORY },
  'level 2': ACCOUNTS,
  'level 2, records in memory': IN_MEMORY,
} as const
/** Operations of `bare-signature.ts`. */
const SIGNATURES = ['verify by jose', 'verify by node:crypto', 'sign by node:crypto'] as const
const BARE = 'bare Apollo on Fastify: `{ hello }`'
/** Bytes of a short and of a long response. */
const [SHORT, LONG] = [90, 5000] as const
const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'))
const servers: Server[] = []

async function main(): Promise<void> {
  pinClient()
  const [redis, postgres] = [await startRedis(), await startPostgres()]
  try {
    const bare = await track(launchBare(SERVER_CORE))
    const sqlite = { DATA_DIR: join(folder, 'sqlite') }
    const shared = {
      DATA_DIR: join(folder, 'shared'),
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
    }
    const embedded = await track(launchGateway(sqlite, SERVER_CORE))
    const grown = await track(launchGateway(shared, SERVER_CORE))
    const other = await track(launchNode(shared, SERVER_CORE))
    const floors = [
      { name: 'bare Fastify: a constant', server: await track(launchBareFastify(SERVER_CORE, SHORT)) },
      {
        name: 'bare Fastify: one `MGET`, a constant',
        server: await track(launchBareFastify(SERVER_CORE, SHORT, redis.url)),
      },
      {
        name: 'bare Fastify: one `MGET`, a constant of 5,000 bytes',
        server: await track(launchBareFastify(SERVER_CORE, LONG, redis.url)),
      },
    ]
    const signatures = []
    for (const operation of SIGNATURES)
      signatures.push({ operation, server: await track(launchBareSignature(SERVER_CORE, operation)) })
    const updates = [`file:${join(folder, 'bare.db')}`, await postgres.createDatabase()] as const
    const hello = buildRequest('{ hello }', null)
    const helloCallers = Array.from({ length: USERS }, () => () => hello)
    await print([
      { name: BARE, base: BARE, measure: (seconds) => runCallers(bare, helloCallers, seconds) },
      ...floors.map(({ name, server }) => ({
        ...{ name, base: BARE },
        measure: (seconds: number) => runCallers(server, helloCallers, seconds),
      })),
      ...signatures.map(({ operation, server }) => ({
        ...{ name: `one ES256 signature: ${operation}`, base: BARE },
        measure: (seconds: number) => measureLoop(server, seconds),
      })),
      ...(await buildVariants('SQLite alone', sqlite, embedded.tokens, VARIANTS)),
      ...(await buildRows('SQLite alone', embedded, null, updates[0])),
      ...(await buildVariants('PostgreSQL and Redis', shared, grown.tokens, REDIS_VARIANTS)),
      ...(await buildRows('PostgreSQL and Redis', grown, other, updates[1])),
    ])
  } finally {
    for (const server of servers) await server.stop()
    await redis.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function track<S extends Server>(launched: Promise<S>): Promise<S> {
  const server = await launched
  servers.push(server)
  return server
}

/** The rows of one set of stores. `other`: another node of the same stores, null if there is none. */
async function buildRows(
  stores: string,
  server: Gateway,
  other: Server | null,
  databaseUrl: string,
): Promise<Row[]> {
  const updater = await track(launchBareUpdate(SERVER_CORE, databaseUrl))
  const update = `${stores}: one conditional UPDATE, bare driver`
  return [
    ...buildQueries(stores, server, server.tokens),
    { name: update, base: update, measure: (seconds) => measureLoop(updater, seconds) },
    { name: `${stores}: \`refresh\``, base: update, measure: (seconds) => measureRefreshes(server, seconds) },
    ...buildTokenRows(stores, { issuer: server, node: server }, 'of this node'),
    ...(other ? buildTokenRows(stores, { issuer: server, node: other }, 'of another node') : []),
  ]
}

async function buildVariants(
  stores: string,
  settings: Readonly<Record<string, string>>,
  tokens: readonly string[],
  variants: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<Row[]> {
  const rows: Row[] = []
  for (const [variant, caches] of Object.entries(variants)) {
    const node = await track(launchNode({ ...settings, ...caches }, SERVER_CORE))
    rows.push(...buildQueries(`${stores}, ${variant}`, node, tokens))
  }
  return rows
}

function buildQueries(stores: string, server: Server, tokens: readonly string[]): Row[] {
  const repeat = (query: string) => (seconds: number) =>
    runCallers(server, repeatQuery(query, tokens), seconds)
  return [
    { name: `${stores}: \`${ME}\``, base: BARE, measure: repeat(ME) },
    { name: `${stores}: \`posts(first: 20)\``, base: BARE, measure: repeat(POSTS) },
  ]
}

async function measureRefreshes(server: Server, seconds: number): Promise<Figures> {
  return runCallers(server, chainRefreshes(await signInUsers(server)), seconds)
}

/** The node that issues tokens, and the one that gets them. */
interface Nodes {
  readonly issuer: Gateway
  readonly node: Server
}

/** First uses of tokens at a node, new ones in each round, and the second uses of the same tokens. */
function buildTokenRows(stores: string, nodes: Nodes, origin: string): Row[] {
  const { issuer } = nodes
  const issueByRefresh = async () => refreshTokens(issuer, await signInUsers(issuer), TOKENS)
  const issueBySignIn = async () => {
    const batches = []
    while (batches.length < SIGN_INS) batches.push(await signInUsers(issuer))
    return batches.map((sessions) => sessions.map(({ accessToken }) => accessToken))
  }
  return [
    ...buildUses(`${stores}: {} \`me\` after a refresh ${origin}`, nodes, issueByRefresh),
    ...buildUses(`${stores}: {} \`me\` after a sign-in ${origin}`, nodes, issueBySignIn),
  ]
}

function buildUses(
  name: string,
  { issuer, node }: Nodes,
  issue: () => Promise<readonly (readonly string[])[]>,
): Row[] {
  const [first, second] = [name.replace('{}', 'first'), name.replace('{}', 'second')]
  let tokens: readonly (readonly string[])[] = []
  const useOnce = () => runCallers(node, useTokensOnce(tokens))
  const useNew = async () => {
    tokens = await issue()
    await settle()
    return useOnce()
  }
  const warmUp = (seconds: number) => runCallers(node, repeatQuery(ME, issuer.tokens), seconds)
  return [
    { name: first, base: second, measure: useNew, warmUp },
    { name: second, base: second, measure: useOnce, warmUp },
  ]
}

async function measureLoop({ address, pid }: Server, seconds: number): Promise<Figures> {
  const computed = readCpuMicros(pid)
  const response = await fetch(`${address}/?ms=${seconds * 1000}`, { method: 'POST' })
  const count = Number(await response.text())
  const [perSecond, cpu] = [count / seconds, (readCpuMicros(pid) - computed) / count]
  return { count, perSecond, cpu, p50: 0, p99: 0 }
}

/** Waits until no server works any more: messages and events are written after the responses. */
async function settle(): Promise<void> {
  const read = () => servers.reduce((sum, { pid }) => sum + readCpuMicros(pid), 0)
  for (let [last, current] = [-Infinity, read()]; current - last > IDLE_MICROS;) {
    await sleep(SETTLE_MS)
    ;[last, current] = [current, read()]
  }
}

async function print(rows: readonly Row[]): Promise<void> {
  const all = new Map<string, Figures[]>(rows.map(({ name }) => [name, []]))
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { name, measure, warmUp } of rows) {
      await (warmUp ?? measure)(WARM_UP_SECONDS)
      await settle()
      const figures = await measure(SECONDS)
      // The first round is a warm-up.
      if (round > 0) all.get(name)?.push(figures)
    }
    console.log(round === 0 ? 'warm-up' : `round ${round} of ${ROUNDS}`)
  }
  const middle = (name: string, figure: keyof Figures) =>
    median((all.get(name) ?? []).map((figures) => figures[figure]))
  const lines = rows.map(({ name, base }) => [
    name,
    (middle(name, 'perSecond') / middle(base, 'perSecond')).toFixed(2),
    middle(name, 'perSecond').toFixed(0),
    middle(name, 'cpu').toFixed(0),
    middle(name, 'p50').toFixed(1),
    middle(name, 'p99').toFixed(1),
  ])
  const table = buildTable(['what', 'ratio', 'per second', 'CPU µs', 'p50 ms', 'p99 ms'], lines)
  const method = `Node ${process.versions.node}; the server on one core, ${USERS} callers and the stores on another; medians of ${ROUNDS} rounds of ${SECONDS} s. The ratio is the rate divided by that of bare Apollo, of one conditional UPDATE for \`refresh\`, and of the second use for the first use of a token.`
  await report('requests', `${table}\n\n${method}`)
}

await main()
