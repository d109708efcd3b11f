import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { buildTable, median, report } from './figures.ts'
import { SERVER_CORE, pinClient, readCpuMicros } from './process-figures.ts'
import { buildHeaders, launchGateway, launchNode, USERS, type Gateway } from './servers.ts'

// What each cache level gains: processor time of the gateway per request, as a ratio to the same gateway
// without levels 2 to 4. The gateways take turns on one core, the clients and the stores have the other, and
// medians are reported. Processor time rather than throughput, because it depends less on what else the
// machine does.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)
const ME = '{ me { id email } }'
const LIST =
  '{ posts(first: 20) { nodes { id title published author { id fullName } } pageInfo { hasNextPage endCursor } } }'
const CREATE =
  'mutation { createPost(input: { title: "A title of some length", content: "Some **content** of a usual kind, a line or two.", published: true }) { id } }'

/** The requests of each client, over and over. */
const LOADS: Readonly<Record<string, readonly string[]>> = {
  me: [ME],
  'posts(first: 20)': [LIST],
  'mixed: 7 me, 2 posts, 1 createPost': [ME, ME, LIST, ME, ME, CREATE, ME, LIST, ME, ME],
}

const OFF = { CACHE_ACCOUNT_SECONDS: '0', CACHE_POSTS_SECONDS: '0', CACHE_RESPONSE_SECONDS: '0' }
/** The settings of each column; the first one is the base of the ratios. */
const LEVELS: Readonly<Record<string, Record<string, string>>> = {
  'no cache': OFF,
  'level 1: 1 s instead of 60': { ...OFF, CACHE_SESSION_SECONDS: '1' },
  'level 2: accounts': { ...OFF, CACHE_ACCOUNT_SECONDS: '60' },
  'level 3: pages': { ...OFF, CACHE_POSTS_SECONDS: '300' },
  'level 4: responses': { ...OFF, CACHE_RESPONSE_SECONDS: '60' },
  'levels 3 and 4 (default)': { ...OFF, CACHE_POSTS_SECONDS: '300', CACHE_RESPONSE_SECONDS: '60' },
  'levels 2, 3 and 4': {
    CACHE_ACCOUNT_SECONDS: '60',
    CACHE_POSTS_SECONDS: '300',
    CACHE_RESPONSE_SECONDS: '60',
  },
}

const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'))

async function main(): Promise<void> {
  pinClient()
  const [redis, postgres] = [await startRedis(), await startPostgres()]
  try {
    const tables = [
      await measureStores('SQLite alone', (name) => Promise.resolve({ DATA_DIR: join(folder, name) })),
      await measureStores('PostgreSQL and Redis', async (name) => ({
        DATA_DIR: join(folder, `grown-${name}`),
        DATABASE_URL: await postgres.createDatabase(),
        REDIS_URL: `${redis.url}/${name === 'shared' ? 1 : 2}`,
      })),
    ]
    const method = `Node ${process.versions.node}, ${USERS} users with one connection each, ${ROUNDS} rounds of ${SECONDS} s. Processor time of the gateway per request, as a ratio to the gateway without caches; in brackets µs.`
    await report('caches', `${tables.join('\n\n')}\n\n${method}`)
  } finally {
    await redis.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The table of one combination of stores. */
async function measureStores(
  stores: string,
  settingsFor: (name: string) => Promise<Record<string, string>>,
): Promise<string> {
  const gateways: Gateway[] = []
  const figures = new Map<string, number[]>()
  try {
    gateways.push(...(await launchLevels(settingsFor)))
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [load, queries] of Object.entries(LOADS))
        for (const [index, gateway] of gateways.entries()) {
          const micros = await measure(gateway, queries)
          const key = `${load} ${index}`
          // The first round warms up.
          if (round > 0) figures.set(key, [...(figures.get(key) ?? []), micros])
        }
      console.log(`${stores}: round ${round} of ${ROUNDS}`)
    }
  } finally {
    for (const gateway of gateways) await gateway.stop()
  }
  const rows = Object.keys(LEVELS).map((level, index) => [
    level,
    ...Object.keys(LOADS).map((load) => {
      const [micros, base] = [index, 0].map((column) => median(figures.get(`${load} ${column}`) ?? []))
      return `${((micros ?? 0) / (base ?? 1)).toFixed(2)} (${micros?.toFixed(0)})`
    }),
  ])
  return `${stores}:\n\n${buildTable(['level', ...Object.keys(LOADS)], rows)}`
}

/**
 * A gateway for each of `LEVELS`, as nodes on the same stores. The one with short session records has stores
 * of its own, where no other node writes longer ones.
 */
async function launchLevels(
  settingsFor: (name: string) => Promise<Record<string, string>>,
): Promise<Gateway[]> {
  const stores = await settingsFor('shared')
  const gateways: Gateway[] = []
  for (const settings of Object.values(LEVELS)) {
    const [first] = gateways
    const isAlone = first === undefined || 'CACHE_SESSION_SECONDS' in settings
    gateways.push(
      isAlone
        ? await launchGateway({ ...settings, ...(first ? await settingsFor('alone') : stores) }, SERVER_CORE)
        : { ...(await launchNode({ ...settings, ...stores }, SERVER_CORE)), tokens: first.tokens },
    )
  }
  return gateways
}

/** Processor time of one request, in microseconds. */
async function measure({ address, tokens, pid }: Gateway, queries: readonly string[]): Promise<number> {
  const before = readCpuMicros(pid)
  let user = 0
  let refusal = ''
  const result = await autocannon({
    url: `${address}/graphql`,
    connections: USERS,
    duration: SECONDS,
    setupClient(client) {
      const headers = buildHeaders(tokens[user++ % USERS] ?? null)
      client.setRequests(
        queries.map((query) => ({ method: 'POST', headers, body: JSON.stringify({ query }) })),
      )
    },
    verifyBody: (body) => {
      const isRefused = String(body).includes('"errors"')
      if (isRefused) refusal = String(body)
      return !isRefused
    },
  })
  if (result.non2xx + result.errors + result.mismatches > 0)
    throw new Error(`${result.errors} errors, ${result.mismatches} refusals: ${refusal}`)
  return (readCpuMicros(pid) - before) / result.requests.total
}

await main()
