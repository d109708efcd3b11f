import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { runCallers, type Figures } from './callers.ts'
import { report } from './figures.ts'
import { BARE, buildFloorRows, measureLoop } from './floor-rows.ts'
import { pinClient, SERVER_CORE } from './process-figures.ts'
import { ME, POSTS } from './requests.ts'
import {
  IN_MEMORY,
  launchBareUpdate,
  launchGateway,
  launchNode,
  NO_RESPONSES,
  USERS,
  type Gateway,
  type Server,
} from './servers.ts'
import { buildTokenRows } from './token-rows.ts'
import { buildRatios, measureInTurns, settle, type Row } from './turns.ts'
import { chainRefreshes, repeatQuery, signInUsers } from './workloads.ts'

// Throughput, CPU time and latency of requests, as ratios in the same run. The server has a core of its own;
// the client and the stores share the other. Each of 48 callers has a connection and an account of its own.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4)
const METHOD = `Node ${process.versions.node}; the server on one core, ${USERS} callers and the stores on another; medians of ${ROUNDS} rounds of ${SECONDS} s. The ratio is the rate divided by that of bare Apollo, of one conditional UPDATE for \`refresh\`, and of the second use for the first use of a token.`
const ACCOUNTS = { CACHE_ACCOUNT_SECONDS: '60' }
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
const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'))
const servers: Server[] = []

async function main(): Promise<void> {
  pinClient()
  const [redis, postgres] = [await startRedis(), await startPostgres()]
  try {
    const sqlite = { DATA_DIR: join(folder, 'sqlite') }
    const shared = {
      DATA_DIR: join(folder, 'shared'),
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
    }
    const embedded = await track(launchGateway(sqlite, SERVER_CORE))
    const grown = await track(launchGateway(shared, SERVER_CORE))
    const other = await track(launchNode(shared, SERVER_CORE))
    const updates = [`file:${join(folder, 'bare.db')}`, await postgres.createDatabase()] as const
    const floors = {
      redisUrl: redis.url,
      databaseUrl: await postgres.createDatabase(),
      updateName: nameUpdate('PostgreSQL and Redis'),
      track,
    }
    const [bare, ...floorRows] = await buildFloorRows(floors)
    const groups: readonly (readonly Row[])[] = [
      floorRows,
      await buildVariants('SQLite alone', sqlite, embedded.tokens, VARIANTS),
      await buildRows('SQLite alone', embedded, null, updates[0]),
      await buildVariants('PostgreSQL and Redis', shared, grown.tokens, REDIS_VARIANTS),
      await buildRows('PostgreSQL and Redis', grown, other, updates[1]),
    ]
    // Most ratios are to the first row, so it is measured with each group.
    const turns = groups.flatMap((group) => [bare, ...group])
    const medians = await measureInTurns(turns, { rounds: ROUNDS, seconds: SECONDS, servers })
    await report('requests', `${buildRatios([bare, ...groups.flat()], medians)}\n\n${METHOD}`)
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
  const update = nameUpdate(stores)
  return [
    ...buildQueries(stores, server, server.tokens),
    { name: update, base: update, measure: (seconds) => measureLoop(updater, seconds) },
    { name: `${stores}: \`refresh\``, base: update, measure: (seconds) => measureRefreshes(server, seconds) },
    ...buildTokenRows(stores, { issuer: server, node: server, settle: settleAll }, 'of this node'),
    ...(other
      ? buildTokenRows(stores, { issuer: server, node: other, settle: settleAll }, 'of another node')
      : []),
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

function nameUpdate(stores: string): string {
  return `${stores}: one conditional UPDATE, bare driver`
}

function settleAll(): Promise<void> {
  return settle(servers)
}

async function measureRefreshes(server: Server, seconds: number): Promise<Figures> {
  const callers = chainRefreshes(await signInUsers(server))
  // Until the messages about the sign-ins are written.
  await settle([server])
  return runCallers(server, callers, seconds)
}

await main()
