import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { residentBytes } from '../test/support/servers/processes.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { median, report, tableOf } from './figures.ts'
import { closedLoop, openLoop, quantile, type Outcome, type Requests } from './open-loop.ts'
import { computedMicros } from './process-figures.ts'
import { launchGateway, launchRefusal, PEOPLE, type Gateway, type Server } from './servers.ts'

// What becomes of a gateway that is asked for three times what it can do (security statement 166), and of protected queries while
// passwords are being guessed as fast as they are checked (167). The client is a process of its own on the same machine.

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 15)
/** Rounds of overload, of which each figure is the median: the machine drifts. */
const ROUNDS = 3
const folder = mkdtempSync(join(tmpdir(), 'gateway-overload-'))
const ME = '{ me { id email } }'
const POSTS =
  '{ posts(first: 20) { nodes { id title published author { id fullName } } pageInfo { hasNextPage } } }'
const CREATE =
  'mutation { createPost(input: { title: "A title of some length", content: "Some **content**." }) { id } }'
const LOGIN =
  'mutation { login(input: { email: "person0@example.com", password: "not this one, no" }) { __typename } }'

function requestOf(query: string, token: string | null): Buffer {
  const body = JSON.stringify({ query })
  const authorization = token === null ? '' : `Authorization: Bearer ${token}\r\n`
  return Buffer.from(
    `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${authorization}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** The same query from each person in turn. */
function fromEach({ tokens }: Gateway, query: string): Requests {
  const requests = tokens.map((token) => requestOf(query, token))
  // Tenths of the turns are of one kind each: a person's turn comes round by another number.
  return (turn) => requests[(turn + Math.floor(turn / PEOPLE)) % PEOPLE] ?? Buffer.alloc(0)
}

function portOf({ address }: Server): number {
  return Number(new URL(address).port)
}

/** The server has a core to itself; the client, PostgreSQL and Redis share the other. */
const [SERVER_CORE, CLIENT_CORE] = ['0', '1']

const goodput = ({ samples, seconds }: Outcome) => samples.filter(({ ok }) => ok).length / seconds

/** Three times its capacity for a while, several times; a row of figures. */
async function overload(
  name: string,
  server: Gateway,
  requests: Requests,
  least: number,
): Promise<{ readonly row: (string | number)[]; readonly costs: (string | number)[] }> {
  await closedLoop(portOf(server), PEOPLE, 3, requests)
  const rounds: Round[] = []
  while (rounds.length < ROUNDS) rounds.push(await oneRound(server, requests))
  const of = (figure: keyof Round) => median(rounds.map((round) => round[figure]))
  const share = least / of('answerCost')
  const row = [
    name,
    of('peak').toFixed(0),
    of('good').toFixed(0),
    `${of('ofPeak').toFixed(0)} %`,
    of('p99').toFixed(0),
    of('refused').toFixed(0),
    of('refusedP50').toFixed(0),
    of('refusedP99').toFixed(0),
    of('lost'),
    `+${of('megabytes').toFixed(0)}`,
    of('recovered').toFixed(1),
  ]
  const costs = [name, of('answerCost'), of('refusalCost'), ((1 - 3 * share) / (1 - share)) * 100]
  return { row, costs: costs.map((cost) => (typeof cost === 'number' ? cost.toFixed(0) : cost)) }
}

/** What is measured of one overload. */
interface Round {
  readonly peak: number
  readonly good: number
  readonly ofPeak: number
  readonly p99: number
  readonly refused: number
  readonly refusedP50: number
  readonly refusedP99: number
  readonly lost: number
  readonly megabytes: number
  readonly recovered: number
  /** Microseconds of an answer at the peak, and of a refusal. */
  readonly answerCost: number
  readonly refusalCost: number
}

async function oneRound(server: Gateway, requests: Requests): Promise<Round> {
  const [port, { pid }] = [portOf(server), server]
  const computed = () => computedMicros(pid)
  const measurePeak = async () => goodput(await closedLoop(port, PEOPLE, SECONDS / 3, requests))
  const atFirst = computed()
  const before = await measurePeak()
  const answerCost = (computed() - atFirst) / (before * (SECONDS / 3))
  const memory = residentBytes(pid)
  let most = memory
  const watch = setInterval(() => (most = Math.max(most, residentBytes(pid))), 50)
  const atPeak = computed()
  const outcome = await openLoop(port, 3 * before, SECONDS / 2, requests)
  const spent = computed() - atPeak
  clearInterval(watch)
  const recovered = await recovery(port, requests)
  // By then the server takes on again what it did before.
  await sleep(2000)
  const peak = (before + (await measurePeak())) / 2
  const served = outcome.samples.filter(({ ok }) => ok).map(({ ms }) => ms)
  const refused = outcome.samples.filter(
    ({ status, retryAfter }) => [503, 429].includes(status) && retryAfter,
  )
  const waits = refused.map(({ ms }) => ms)
  return {
    peak,
    good: goodput(outcome),
    ofPeak: (100 * goodput(outcome)) / peak,
    p99: quantile(served, 0.99),
    refused: refused.length / outcome.seconds,
    refusedP50: quantile(waits, 0.5),
    refusedP99: quantile(waits, 0.99),
    lost: outcome.samples.length - served.length - refused.length + outcome.unsent,
    megabytes: (most - memory) / 1e6,
    recovered,
    answerCost,
    refusalCost: (spent - served.length * answerCost) / Math.max(1, refused.length),
  }
}

/** Seconds after the load until ten in a row are answered within 100 ms. */
async function recovery(port: number, requests: Requests): Promise<number> {
  const begun = performance.now()
  for (let inTime = 0; inTime < 10;) {
    const { samples } = await closedLoop(port, 1, 0.001, requests)
    inTime = samples.every(({ ok, ms }) => ok && ms < 100) ? inTime + 1 : 0
    if (performance.now() - begun > 30_000) break
  }
  return (performance.now() - begun) / 1000
}

/** Protected queries at a modest rate, by themselves and while passwords are guessed. */
async function flood(server: Gateway): Promise<(string | number)[][]> {
  const port = portOf(server)
  const me = fromEach(server, ME)
  const login = requestOf(LOGIN, null)
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
    figures('by themselves', alone, '—'),
    figures('beside 16 clients who guess', during, (checked / SECONDS).toFixed(0)),
  ]
}

/** What a refusal costs a bare Node.js server that does nothing else, in microseconds: the least there is over HTTP. */
async function leastRefusal(): Promise<number> {
  const server = await launchRefusal(SERVER_CORE)
  const request = requestOf(ME, 'x'.repeat(500))
  await closedLoop(portOf(server), 200, 2, () => request)
  const before = computedMicros(server.pid)
  const { samples } = await closedLoop(portOf(server), 200, SECONDS / 3, () => request)
  const each = (computedMicros(server.pid) - before) / samples.length
  await server.stop()
  return each
}

execFileSync('taskset', ['-p', '-c', CLIENT_CORE, String(process.pid)])
const [redis, postgres] = [await startRedis(), await startPostgres()]
try {
  const least = await leastRefusal()
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
    const [me, posts, create] = [fromEach(server, ME), fromEach(server, POSTS), fromEach(server, CREATE)]
    const mix: Requests = (turn) => (turn % 10 < 7 ? me : turn % 10 < 9 ? posts : create)(turn)
    loads.push(await overload(`${name}: \`me\``, server, me, least))
    loads.push(await overload(`${name}: mix`, server, mix, least))
    await server.stop()
    const free = await launchGateway(
      { ...settings, ...again, DATA_DIR: join(folder, `${name} again`) },
      `${SERVER_CORE},${CLIENT_CORE}`,
    )
    floods.push(...(await flood(free)).map(([what, ...rest]) => [`${name}, ${what}`, ...rest]))
    await free.stop()
    console.log(`${name} is done`)
  }
  const head = [
    'what',
    'peak/s',
    'good/s',
    'of peak',
    'p99 ms',
    'refused/s',
    'refused p50 ms',
    'refused p99 ms',
    'lost',
    'RSS MB',
    'recovery s',
  ]
  const table = tableOf(
    head,
    loads.map(({ row }) => row),
  )
  const costs = tableOf(
    ['µs of processor time', 'an answer', 'a refusal', 'could leave, % of peak'],
    loads.map(({ costs }) => costs),
  )
  const queries = tableOf(
    ['`me`, 100 a second', 'asked', 'refused', 'p50 ms', 'p99 ms', 'passwords/s'],
    floods,
  )
  await report(
    'overload',
    `${table}\n\n${costs}\n\n${queries}\n\nNode ${process.versions.node}, ${cpus().length} cores: one for the server, one for client, PostgreSQL and Redis; medians of ${ROUNDS} rounds of ${SECONDS / 2} s. A bare server that refuses everything: ${least.toFixed(0)} µs each.`,
  )
} finally {
  await redis.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
