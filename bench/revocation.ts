import autocannon from 'autocannon'
import { setTimeout as sleep } from 'node:timers/promises'
import { postTo, signUpAt } from '../test/support/servers/gateway-process.ts'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { buildTable, median, report } from './figures.ts'
import { readCpuMicros } from './process-figures.ts'
import { ME } from './requests.ts'
import {
  buildHeaders,
  IN_MEMORY,
  launchGateway,
  launchNode,
  USERS,
  type Gateway,
  type Server,
} from './servers.ts'

// How long a token is still accepted by another node after its session has ended, under load, and what a
// request costs: with the session read from Redis at every request, with records in the memory of the node
// (CACHE_SESSION_LOCAL_SECONDS), and with the account there, too (CACHE_ACCOUNT_SECONDS).

const SESSIONS = Number(process.env['BENCH_SESSIONS'] ?? 200)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
/** How long a node is asked after the end of a session, and how often, in milliseconds. */
const [WATCH_MS, STEP_MS] = [150, 2]
const LOGOUT = 'mutation { logout { messageKey } }'
/** Where nodes have session records, with their settings; the first one is the base of the ratio. */
const PLACES = {
  'read at every request': {},
  'in memory, at most 60 s': { CACHE_SESSION_LOCAL_SECONDS: '60' },
  'in memory with the account, at most 60 s': IN_MEMORY,
} as const

/** A node that has session records in one place. */
interface Candidate {
  readonly place: string
  readonly node: Server
  readonly micros: number[]
  readonly exposures: number[]
}

async function main(): Promise<void> {
  const [redis, postgres] = [await startRedis(), await startPostgres()]
  const stores = { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url }
  const first = await launchGateway(stores, null)
  const candidates: Candidate[] = []
  try {
    for (const [place, settings] of Object.entries(PLACES)) {
      const node = await launchNode({ ...stores, ...settings }, null)
      candidates.push({ place, node, micros: [], exposures: [] })
    }
    for (let round = 0; round <= ROUNDS; round += 1)
      for (const candidate of candidates) {
        const micros = await measureCost(candidate.node, first.tokens)
        // The first round warms up.
        if (round > 0) candidate.micros.push(micros)
      }
    for (const [index, candidate] of candidates.entries())
      candidate.exposures.push(...(await measureExposures(first, candidate, index)))
    await report('revocation', `${buildFigures(candidates)}\n\n${METHOD}`)
  } finally {
    for (const { node } of candidates) await node.stop()
    await first.stop()
    await redis.stop()
    await postgres.stop()
  }
}

const METHOD = `Node ${process.versions.node}, PostgreSQL and Redis; medians of ${ROUNDS} rounds of ${SECONDS} s with ${USERS} callers; ${SESSIONS} sessions ended at another node while the node served these callers. The ratio divides processor time.`

function buildFigures(candidates: readonly Candidate[]): string {
  const base = median(candidates[0]?.micros ?? [])
  const rows = candidates.map(({ place, micros, exposures }) => {
    const sorted = exposures.toSorted((a, b) => a - b)
    const at = (share: number) => (sorted[Math.ceil(sorted.length * share) - 1] ?? 0).toFixed(1)
    const cost = median(micros)
    return [place, (cost / base).toFixed(2), cost.toFixed(0), ...[at(0.5), at(0.99), at(1)]]
  })
  return buildTable(['session record', 'ratio', 'CPU µs', 'p50 ms', 'p99 ms', 'max ms'], rows)
}

/** Processor time of one `me`, in microseconds. */
async function measureCost({ address, pid }: Server, tokens: readonly string[]): Promise<number> {
  const before = readCpuMicros(pid)
  const { requests } = await load(address, tokens, SECONDS)
  return (readCpuMicros(pid) - before) / requests.total
}

/** Sends `me` over one connection of each caller. */
async function load(address: string, tokens: readonly string[], seconds: number) {
  let user = 0
  const result = await autocannon({
    url: `${address}/graphql`,
    ...{ connections: USERS, duration: seconds, method: 'POST', body: JSON.stringify({ query: ME }) },
    setupClient: (client) => client.setHeaders(buildHeaders(tokens[user++ % USERS] ?? null)),
  })
  if (result.non2xx + result.errors > 0) throw new Error(`${result.errors} errors, ${result.non2xx} refusals`)
  return result
}

/**
 * Ends sessions at the first node, one after the other; the milliseconds between the response to each
 * sign-out and the last request after it that the other node still accepted.
 */
async function measureExposures(first: Gateway, { node }: Candidate, index: number): Promise<number[]> {
  const tokens: string[] = []
  while (tokens.length < SESSIONS)
    tokens.push(await signUpAt(first, `ended${tokens.length}.${index}@example.com`))
  let isDone = false
  const loading = (async () => {
    while (!isDone) await load(node.address, first.tokens, 1)
  })()
  const exposures: number[] = []
  for (const token of tokens) {
    const isAccepted = async () => {
      const { code } = await postTo(node.address, ME, {}, buildHeaders(token))
      if (code !== undefined && code !== 'UNAUTHENTICATED')
        throw new Error(`unexpected code ${JSON.stringify(code)}`)
      return code === undefined
    }
    if (!(await isAccepted())) throw new Error('a session was not active before its end')
    const { errors } = await postTo(first.address, LOGOUT, {}, buildHeaders(token))
    if (errors) throw new Error(JSON.stringify(errors))
    exposures.push(await measureExposure(isAccepted))
  }
  isDone = true
  await loading
  return exposures
}

/** Milliseconds from now to the start of the last request that is accepted. */
async function measureExposure(isAccepted: () => Promise<boolean>): Promise<number> {
  const start = performance.now()
  const requests: Promise<number>[] = []
  while (performance.now() - start < WATCH_MS) {
    const sentAt = performance.now() - start
    requests.push(isAccepted().then((accepted) => (accepted ? sentAt : 0)))
    await sleep(STEP_MS)
  }
  return Math.max(...(await Promise.all(requests)))
}

await main()
