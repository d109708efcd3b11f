import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { runCallers, type Caller, type Figures } from './callers.ts'
import { buildTable, median, report } from './figures.ts'
import { pinClient, readCpuMicros, SERVER_CORE } from './process-figures.ts'
import { buildRequest, ME } from './requests.ts'
import { launchGateway, type Gateway } from './servers.ts'
import { chainRefreshes, repeatQuery, repeatRequests, signInUsers } from './workloads.ts'

// What some sign-ins a second need on PostgreSQL and Redis: the CPU time of each request, measured here,
// times the requests that follow a sign-in. Written to docs/operations.md with `--write`.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)
/** Sign-ins a second. */
const RATES = [1, 10, 100, 1000]
/** Requests that follow one sign-in. */
const FOLLOWING = { refreshes: 8, queries: 200 }
/** Part of a core that is in use at the planned load; the rest is for peaks and for a node that is down. */
const UTILIZATION = 0.5
const PASSWORD = 'a quiet harbour at dawn'
const LOGIN =
  'mutation ($email: String!, $password: String!) { login(input: { email: $email, password: $password }) { __typename } }'
/** Callers of sign-ins by password: more would only wait for the hashes. */
const PASSWORD_CALLERS = 4
const page = join(resolve(import.meta.dirname, '..'), 'docs/operations.md')

/** CPU time of the gateway, in microseconds. */
interface Costs {
  readonly password: number
  readonly code: number
  readonly refresh: number
  readonly query: number
}

async function main(): Promise<void> {
  pinClient()
  const folder = mkdtempSync(join(tmpdir(), 'gateway-sizing-'))
  const [redis, postgres] = [await startRedis(), await startPostgres()]
  try {
    const stores = { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: redis.url }
    const gateway = await launchGateway({ DATA_DIR: folder, ...stores }, SERVER_CORE)
    try {
      await print(await measureAll(gateway))
    } finally {
      await gateway.stop()
    }
  } finally {
    await redis.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Medians of rounds, in which the measurements take turns. The first round is a warm-up. */
async function measureAll(gateway: Gateway): Promise<Costs> {
  const rounds: Costs[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const costs = {
      password: await cpuOf(runCallers(gateway, repeatLogins(), SECONDS)),
      code: await measureCodes(gateway),
      refresh: await cpuOf(runCallers(gateway, chainRefreshes(await signInUsers(gateway)), SECONDS)),
      query: await cpuOf(runCallers(gateway, repeatQuery(ME, gateway.tokens), SECONDS)),
    }
    if (round > 0) rounds.push(costs)
    console.log(round === 0 ? 'warm-up' : `round ${round} of ${ROUNDS}`)
  }
  const middle = (name: keyof Costs) => median(rounds.map((costs) => costs[name]))
  return {
    password: middle('password'),
    code: middle('code'),
    refresh: middle('refresh'),
    query: middle('query'),
  }
}

async function cpuOf(figures: Promise<Figures>): Promise<number> {
  return (await figures).cpu
}

function repeatLogins(): Caller[] {
  const requests = Array.from({ length: PASSWORD_CALLERS }, (_, user) =>
    buildRequest(LOGIN, null, { email: `person${user}@example.com`, password: PASSWORD }),
  )
  return repeatRequests(requests)
}

/** A sign-in by code: `requestOtp` and `verifyOtp`. */
async function measureCodes(gateway: Gateway): Promise<number> {
  const computed = readCpuMicros(gateway.pid)
  const sessions = await signInUsers(gateway)
  return (readCpuMicros(gateway.pid) - computed) / sessions.length
}

async function print(costs: Costs): Promise<void> {
  const following = FOLLOWING.refreshes * costs.refresh + FOLLOWING.queries * costs.query
  const cores = (rate: number, signIn: number) =>
    ((rate * (signIn + following)) / 1e6 / UTILIZATION).toFixed(rate < 10 ? 2 : 1)
  const table = buildTable(
    ['sign-ins a second', 'requests a second', 'cores, by code', 'cores, by password'],
    RATES.map((rate) => [
      String(rate),
      Math.round(rate * (1 + FOLLOWING.refreshes + FOLLOWING.queries)),
      cores(rate, costs.code),
      cores(rate, costs.password),
    ]),
  )
  const names = {
    code: 'sign-in by code',
    password: 'sign-in by password',
    refresh: '`refresh`',
    query: '`me`',
  }
  const measured = Object.entries(names)
    .map(([name, title]) => `${title} ${(costs[name as keyof Costs] / 1000).toFixed(2)} ms`)
    .join(', ')
  const method = `CPU time of the gateway on PostgreSQL and Redis, Node ${process.versions.node}, one core: ${measured}. Each sign-in is followed by ${FOLLOWING.refreshes} refreshes and ${FOLLOWING.queries} queries, and a core is used to ${UTILIZATION * 100} %.`
  await report('sizing', `${table}\n\n${method}`, page)
}

await main()
