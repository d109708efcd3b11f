import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '../test/servers/postgres.ts'
import { startRedis } from '../test/servers/redis.ts'
import { median, report, tableOf } from './figures.ts'
import { closedLoop, openLoop, quantile, type Outcome, type Requests } from './open-loop.ts'

// What becomes of a gateway that is asked for three times what it can do (security statement 166), and of protected queries while
// passwords are being guessed as fast as they are checked (167). The client is a process of its own on the same machine.

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 15)
const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'gateway-overload-'))
const ME = '{ me { id email } }'
const POSTS =
  '{ posts(first: 20) { nodes { id title published author { id fullName } } pageInfo { hasNextPage } } }'
const CREATE =
  'mutation { createPost(input: { title: "A title of some length", content: "Some **content**." }) { id } }'
const LOGIN =
  'mutation { login(input: { email: "ada@example.com", password: "not this one, no" }) { __typename } }'

interface Server {
  readonly port: number
  readonly pid: number
  readonly token: string
  stop(): Promise<void>
}

function requestOf(query: string, token: string | null): Buffer {
  const body = JSON.stringify({ query })
  const authorization = token === null ? '' : `Authorization: Bearer ${token}\r\n`
  return Buffer.from(
    `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${authorization}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** The server has a core to itself; the client, PostgreSQL and Redis share the other. */
const [SERVER_CORE, CLIENT_CORE] = ['0', '1']

async function launch(name: string, settings: Record<string, string>, cores: string): Promise<Server> {
  const child = spawn('taskset', ['-c', cores, process.execPath, join(root, 'dist/main.js')], {
    env: {
      DATA_DIR: join(folder, name),
      PORT: '0',
      LOG_LEVEL: 'warn',
      RATE_LIMIT_SCALE: '1000000',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-10_000)))
  let port: number | undefined
  while (port === undefined) {
    if (child.exitCode !== null) throw new Error(output)
    await sleep(20)
    const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1]
    if (found) port = Number(found)
  }
  return {
    port,
    pid: child.pid ?? 0,
    token: await signUp(port),
    async stop() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function signUp(port: number): Promise<string> {
  const ask = async (query: string) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    })
    const { data } = (await response.json()) as { data: Record<string, Record<string, string>> }
    return Object.values(data)[0] ?? {}
  }
  const { challengeId, otpCode } = await ask(
    'mutation { register(input: { email: "ada@example.com", password: "a quiet harbour at dawn" }) { challengeId otpCode } }',
  )
  const { accessToken = '' } = await ask(
    `mutation { verifyOtp(input: { challengeId: "${challengeId}", code: "${otpCode}", purpose: VERIFY_EMAIL }) { ... on AuthPayload { accessToken } } }`,
  )
  return accessToken
}

const mean = (figures: readonly number[]) => figures.reduce((sum, figure) => sum + figure, 0) / figures.length
const goodput = ({ samples, seconds }: Outcome) => samples.filter(({ ok }) => ok).length / seconds

/** Three times its capacity for a while; a row of figures. */
async function overload(
  name: string,
  { port, pid }: Server,
  requests: Requests,
): Promise<(string | number)[]> {
  await closedLoop(port, 48, 3, requests)
  const measurePeak = async () => goodput(await closedLoop(port, 48, SECONDS / 3, requests))
  const peaks = [await measurePeak(), await measurePeak()]
  const offered = 3 * median(peaks)
  const before = residentSet(pid)
  let most = before
  const watch = setInterval(() => (most = Math.max(most, residentSet(pid))), 50)
  const outcome = await openLoop(port, offered, SECONDS, requests)
  clearInterval(watch)
  const recovered = await recovery(port, requests)
  // The machine drifts: the peak is that of before and after together.
  peaks.push(await measurePeak(), await measurePeak())
  const peak = mean(peaks)
  const served = outcome.samples.filter(({ ok }) => ok).map(({ ms }) => ms)
  const refused = outcome.samples.filter(
    ({ status, retryAfter }) => [503, 429].includes(status) && retryAfter,
  )
  const lost = outcome.samples.length - served.length - refused.length + outcome.unsent
  const good = goodput(outcome)
  return [
    name,
    peak.toFixed(0),
    good.toFixed(0),
    `${((100 * good) / peak).toFixed(0)} %`,
    quantile(served, 0.99).toFixed(0),
    (refused.length / SECONDS).toFixed(0),
    quantile(
      refused.map(({ ms }) => ms),
      0.5,
    ).toFixed(0),
    quantile(
      refused.map(({ ms }) => ms),
      0.99,
    ).toFixed(0),
    lost,
    `+${((most - before) / 1e6).toFixed(0)}`,
    recovered.toFixed(1),
  ]
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
async function flood({ port, token }: Server): Promise<(string | number)[][]> {
  const me = requestOf(ME, token)
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
  const alone = await openLoop(port, 100, SECONDS, () => me)
  const [during, guesses] = await Promise.all([
    openLoop(port, 100, SECONDS, () => me),
    closedLoop(port, 16, SECONDS, () => login),
  ])
  const checked = guesses.samples.filter(({ status }) => status === 200).length
  return [
    figures('by themselves', alone, '—'),
    figures('beside 16 clients who guess', during, (checked / SECONDS).toFixed(0)),
  ]
}

function residentSet(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}

execFileSync('taskset', ['-p', '-c', CLIENT_CORE, String(process.pid)])
const [redis, postgres] = [await startRedis(), await startPostgres()]
try {
  const setups = [
    ['SQLite alone', {}, {}],
    [
      'PostgreSQL and Redis',
      { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: `${redis.url}/1` },
      { DATABASE_URL: await postgres.createDatabase(), REDIS_URL: `${redis.url}/2` },
    ],
  ] as const
  const rows = []
  const floods = []
  for (const [name, settings, again] of setups) {
    const server = await launch(name, settings, SERVER_CORE)
    const [me, posts, create] = [ME, POSTS, CREATE].map((query) => requestOf(query, server.token))
    const mixed = [me, me, me, me, me, me, me, posts, posts, create]
    rows.push(await overload(`${name}: \`me\``, server, () => me ?? Buffer.alloc(0)))
    rows.push(await overload(`${name}: mix`, server, (turn) => mixed[turn % 10] ?? Buffer.alloc(0)))
    await server.stop()
    const free = await launch(`${name} again`, { ...settings, ...again }, `${SERVER_CORE},${CLIENT_CORE}`)
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
  const loads = tableOf(head, rows)
  const queries = tableOf(
    ['`me`, 100 a second', 'asked', 'refused', 'p50 ms', 'p99 ms', 'passwords/s'],
    floods,
  )
  report(
    'overload',
    `${loads}\n\n${queries}\n\nNode ${process.versions.node}, ${cpus().length} cores: one for the server, one for client, PostgreSQL and Redis; ${SECONDS} s each.`,
  )
} finally {
  await redis.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}
