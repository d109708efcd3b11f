import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { residentBytes } from '../test/support/servers/processes.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { median, report, buildTable } from './figures.ts'
import { closedLoop, openLoop, quantile, type Outcome, type Requests } from './open-loop.ts'
import { CLIENT_CORE, pinClient, readCpuMicros, SERVER_CORE } from './process-figures.ts'
import { buildRequest, ME, POSTS } from './requests.ts'
import { launchGateway, launchBareRejection, USERS, type Gateway, type Server } from './servers.ts'

// A gateway at three times its capacity (SR-166), and protected queries during password guessing (SR-167).
// The client is a separate process on the same machine.

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 15)
/** Rounds of overload. Each figure is their median, because the speed of the machine varies. */
const ROUNDS = 3
const folder = mkdtempSync(join(tmpdir(), 'gateway-overload-'))
const CREATE =
  'mutation { createPost(input: { title: "A title of some length", content: "Some **content**." }) { id } }'
const LOGIN =
  'mutation { login(input: { email: "person0@example.com", password: "not this one, no" }) { __typename } }'

/** The same query from each user in turn. */
function rotateUsers({ tokens }: Gateway, query: string): Requests {
  const requests = tokens.map((token) => buildRequest(query, token))
  // Each tenth of the turns has one kind of request, so users rotate with another period.
  return (turn) => requests[(turn + Math.floor(turn / USERS)) % USERS] ?? Buffer.alloc(0)
}

function readPort({ address }: Server): number {
  return Number(new URL(address).port)
}

const goodput = ({ samples, seconds }: Outcome) => samples.filter(({ ok }) => ok).length / seconds

/** Several rounds at three times the capacity; returns rows of figures. */
async function measureOverload(
  name: string,
  server: Gateway,
  requests: Requests,
  least: number,
): Promise<{ readonly row: (string | number)[]; readonly costs: (string | number)[] }> {
  await closedLoop(readPort(server), USERS, 3, requests)
  const rounds: Round[] = []
  while (rounds.length < ROUNDS) rounds.push(await measureRound(server, requests))
  const of = (figure: keyof Round) => median(rounds.map((round) => round[figure]))
  const share = least / of('responseCost')
  const row = [
    name,
    of('peak').toFixed(0),
    of('good').toFixed(0),
    `${of('ofPeak').toFixed(0)} %`,
    of('p99').toFixed(0),
    of('rejected').toFixed(0),
    of('rejectedP50').toFixed(0),
    of('rejectedP99').toFixed(0),
    of('lost'),
    `+${of('megabytes').toFixed(0)}`,
    of('recovered').toFixed(1),
  ]
  const costs = [name, of('responseCost'), of('rejectionCost'), ((1 - 3 * share) / (1 - share)) * 100]
  return { row, costs: costs.map((cost) => (typeof cost === 'number' ? cost.toFixed(0) : cost)) }
}

/** Figures of one round. */
interface Round {
  readonly peak: number
  readonly good: number
  readonly ofPeak: number
  readonly p99: number
  readonly rejected: number
  readonly rejectedP50: number
  readonly rejectedP99: number
  readonly lost: number
  readonly megabytes: number
  readonly recovered: number
  /** Microseconds of CPU time per response at the peak, and per rejection. */
  readonly responseCost: number
  readonly rejectionCost: number
}

async function measureRound(server: Gateway, requests: Requests): Promise<Round> {
  const [port, { pid }] = [readPort(server), server]
  const computed = () => readCpuMicros(pid)
  const measurePeak = async () => goodput(await closedLoop(port, USERS, SECONDS / 3, requests))
  const atFirst = computed()
  const before = await measurePeak()
  const responseCost = (computed() - atFirst) / (before * (SECONDS / 3))
  const memory = residentBytes(pid)
  let peakMemory = memory
  const sampling = setInterval(() => (peakMemory = Math.max(peakMemory, residentBytes(pid))), 50)
  const atPeak = computed()
  const outcome = await openLoop(port, 3 * before, SECONDS / 2, requests)
  const spent = computed() - atPeak
  clearInterval(sampling)
  const recovered = await measureRecovery(port, requests)
  // By then the server accepts its normal load again.
  await sleep(2000)
  const peak = (before + (await measurePeak())) / 2
  const served = outcome.samples.filter(({ ok }) => ok).map(({ ms }) => ms)
  const rejected = outcome.samples.filter(
    ({ status, retryAfter }) => [503, 429].includes(status) && retryAfter,
  )
  const waits = rejected.map(({ ms }) => ms)
  return {
    peak,
    good: goodput(outcome),
    ofPeak: (100 * goodput(outcome)) / peak,
    p99: quantile(served, 0.99),
    rejected: rejected.length / outcome.seconds,
    rejectedP50: quantile(waits, 0.5),
    rejectedP99: quantile(waits, 0.99),
    lost: outcome.samples.length - served.length - rejected.length + outcome.unsent,
    megabytes: (peakMemory - memory) / 1e6,
    recovered,
    responseCost,
    rejectionCost: (spent - served.length * responseCost) / Math.max(1, rejected.length),
  }
}

/** Seconds after the load until ten consecutive requests succeed within 100 ms. */
async function measureRecovery(port: number, requests: Requests): Promise<number> {
  const started = performance.now()
  for (let inTime = 0; inTime < 10;) {
    const { samples } = await closedLoop(port, 1, 0.001, requests)
    inTime = samples.every(({ ok, ms }) => ok && ms < 100) ? inTime + 1 : 0
    if (performance.now() - started > 30_000) break
  }
  return (performance.now() - started) / 1000
}

/** Protected queries at a moderate rate, alone and during password guessing. */
async function measureGuessing(server: Gateway): Promise<(string | number)[][]> {
  const port = readPort(server)
  const me = rotateUsers(server, ME)
  const login = buildRequest(LOGIN, null)
  const figures = (name: string, { samples }: Outcome, logins: string) => {
    const times = samples.filter(({ ok }) => ok).map(({ ms }) => ms)
    return [
      name,
      samples.length,
      samples.length - times.length,
      quantile(times, 0.5).toFixed(1),
      quantile(times, 0.99).toFixed(1),
      logins,
    ]
  }
  const alone = await openLoop(port, 100, SECONDS, me)
  const [during, guesses] = await Promise.all([
    openLoop(port, 100, SECONDS, me),
    closedLoop(port, 16, SECONDS, () => login),
  ])
  const checked = guesses.samples.filter(({ status }) => status === 200).length
  return [
    figures('without guessing', alone, '—'),
    figures('with 16 guessing clients', during, (checked / SECONDS).toFixed(0)),
  ]
}

/** CPU time of a rejection by a bare Node.js server in microseconds: the minimum over HTTP. */
async function measureBareRejection(): Promise<number> {
  const server = await launchBareRejection(SERVER_CORE)
  const request = buildRequest(ME, 'x'.repeat(500))
  await closedLoop(readPort(server), 200, 2, () => request)
  const before = readCpuMicros(server.pid)
  const { samples } = await closedLoop(readPort(server), 200, SECONDS / 3, () => request)
  const each = (readCpuMicros(server.pid) - before) / samples.length
  await server.stop()
  return each
}

pinClient()
const [redis, postgres] = [await startRedis(), await startPostgres()]
try {
  const least = await measureBareRejection()
  const setups = [
    ['SQLite alone', {}, {}],
    [
      'PostgreSQL and Redis',
      { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: `${redis.url}/1` },
      { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: `${redis.url}/2` },
    ],
  ] as const
  const loads = []
  const floods = []
  for (const [name, settings, again] of setups) {
    const server = await launchGateway({ ...settings, DATA_DIR: join(folder, name) }, SERVER_CORE)
    const [me, posts, create] = [
      rotateUsers(server, ME),
      rotateUsers(server, POSTS),
      rotateUsers(server, CREATE),
    ]
    const mix: Requests = (turn) => (turn % 10 < 7 ? me : turn % 10 < 9 ? posts : create)(turn)
    loads.push(await measureOverload(`${name}: \`me\``, server, me, least))
    loads.push(await measureOverload(`${name}: mix`, server, mix, least))
    await server.stop()
    const free = await launchGateway(
      { ...settings, ...again, DATA_DIR: join(folder, `${name} again`) },
      `${SERVER_CORE},${CLIENT_CORE}`,
    )
    floods.push(...(await measureGuessing(free)).map(([what, ...rest]) => [`${name}, ${what}`, ...rest]))
    await free.stop()
    console.log(`${name}: done`)
  }
  const head = [
    'what',
    'peak/s',
    'good/s',
    'of peak',
    'p99 ms',
    'rejected/s',
    'rejected p50 ms',
    'rejected p99 ms',
    'lost',
    'RSS MB',
    'recovery s',
  ]
  const table = buildTable(
    head,
    loads.map(({ row }) => row),
  )
  const costs = buildTable(
    ['µs of CPU time', 'response', 'rejection', 'maximum, % of peak'],
    loads.map(({ costs }) => costs),
  )
  const queries = buildTable(['`me`, 100/s', 'sent', 'rejected', 'p50 ms', 'p99 ms', 'passwords/s'], floods)
  await report(
    'overload',
    `${table}\n\n${costs}\n\n${queries}\n\nNode ${process.versions.node}, ${cpus().length} cores: one for the server, one for client, PostgreSQL and Redis; medians of ${ROUNDS} rounds of ${SECONDS / 2} s. A bare server that rejects everything: ${least.toFixed(0)} µs each.`,
  )
} finally {
  await redis.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
