import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import { startPostgres } from '../test/servers/postgres.ts'
import { startRedis } from '../test/servers/redis.ts'
import { median, report, tableOf } from './figures.ts'

// Throughput and latency of authenticated requests, as ratios to a bare Apollo-on-Fastify server in the same run. The servers
// take turns, several rounds each, so that what the machine does meanwhile falls on all of them; medians are reported.

const ROUNDS = 5
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4)
const CONNECTIONS = 48
const root = resolve(import.meta.dirname, '..')

interface Target {
  readonly name: string
  readonly address: string
  readonly query: string
  readonly token: string | null
}

interface Figures {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'))
const children: ChildProcess[] = []

async function main(): Promise<void> {
  const [redis, postgres] = [await startRedis(), await startPostgres()]
  try {
    const bare = await launch(['--import', 'tsx', join(root, 'bench/bare-apollo.ts')], {})
    const embedded = await launchGateway('SQLite alone', { DATA_DIR: join(folder, 'embedded') })
    const grown = await launchGateway('PostgreSQL and Redis', {
      DATA_DIR: join(folder, 'grown'),
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
    })
    const targets = [
      { name: 'bare Apollo on Fastify: `{ hello }`', address: bare, query: '{ hello }', token: null },
      ...embedded,
      ...grown,
    ]
    print(targets, await measureInTurns(targets))
  } finally {
    for (const child of children) child.kill('SIGTERM')
    await redis.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function launchGateway(name: string, settings: Record<string, string>): Promise<Target[]> {
  const address = await launch([join(root, 'dist/main.js')], {
    ...settings,
    PORT: '0',
    LOG_LEVEL: 'warn',
    RATE_LIMIT_SCALE: '1000000',
  })
  const token = await signUp(address)
  for (let post = 0; post < 200; post += 1) {
    await ask(
      address,
      'mutation { createPost(input: { title: "A title of some length", content: "Some **content** of a usual kind, a line or two." }) { id } }',
      token,
    )
  }
  return [
    { name: `${name}: \`{ me { id email } }\``, address, token, query: '{ me { id email } }' },
    {
      name: `${name}: \`posts(first: 20)\``,
      address,
      token,
      query:
        '{ posts(first: 20) { nodes { id title published author { id fullName } } pageInfo { hasNextPage endCursor } } }',
    },
  ]
}

async function launch(args: readonly string[], settings: Record<string, string>): Promise<string> {
  const environment = { PATH: process.env['PATH'] ?? '', ...settings }
  const child = spawn(process.execPath, [...args], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  for (let wait = 0; wait < 1000; wait += 1) {
    // The gateway logs no start at this level: its greeting names the address too.
    const address = /(http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1]
    if (address) return address
    await sleep(20)
  }
  throw new Error(`no server: ${output}`)
}

async function signUp(address: string): Promise<string> {
  const { register } = await ask(
    address,
    'mutation { register(input: { email: "ada@example.com" }) { challengeId otpCode } }',
    null,
  )
  const input = `{ challengeId: "${register?.['challengeId'] ?? ''}", code: "${register?.['otpCode'] ?? ''}", purpose: VERIFY_EMAIL }`
  const { verifyOtp } = await ask(
    address,
    `mutation { verifyOtp(input: ${input}) { ... on AuthPayload { accessToken } } }`,
    null,
  )
  return verifyOtp?.['accessToken'] ?? ''
}

async function ask(
  address: string,
  query: string,
  token: string | null,
): Promise<Record<string, Record<string, string> | undefined>> {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: headersOf(token),
    body: JSON.stringify({ query }),
  })
  const { data, errors } = (await response.json()) as {
    data: Record<string, Record<string, string>>
    errors?: unknown
  }
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}

function headersOf(token: string | null): Record<string, string> {
  return { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
}

async function measureInTurns(targets: readonly Target[]): Promise<Map<string, Figures>> {
  const all = new Map<string, Figures[]>(targets.map(({ name }) => [name, []]))
  for (const target of targets) await fire(target, 2)
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const target of targets) all.get(target.name)?.push(await fire(target, SECONDS))
    console.log(`round ${round + 1} of ${ROUNDS}`)
  }
  return new Map([...all].map(([name, runs]) => [name, middleOf(runs)]))
}

async function fire({ address, query, token, name }: Target, duration: number): Promise<Figures> {
  const result = await autocannon({
    url: `${address}/graphql`,
    method: 'POST',
    headers: headersOf(token),
    body: JSON.stringify({ query }),
    connections: CONNECTIONS,
    duration,
    // An answer of another length than the first is an error in disguise.
    expectBody:
      JSON.stringify(
        await (
          await fetch(`${address}/graphql`, {
            method: 'POST',
            headers: headersOf(token),
            body: JSON.stringify({ query }),
          })
        ).json(),
      ) + '\n',
  })
  if (result.non2xx + result.errors + result.mismatches > 0)
    throw new Error(`${name}: ${result.errors} errors, ${result.mismatches} other answers`)
  return { perSecond: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 }
}

function middleOf(runs: readonly Figures[]): Figures {
  const middle = (pick: (figures: Figures) => number) => median(runs.map(pick))
  return {
    perSecond: middle((run) => run.perSecond),
    p50: middle((run) => run.p50),
    p99: middle((run) => run.p99),
  }
}

function print(targets: readonly Target[], figures: Map<string, Figures>): void {
  const base = figures.get(targets[0]?.name ?? '')
  const rows = targets.map(({ name }) => {
    const { perSecond, p50, p99 } = figures.get(name) ?? { perSecond: 0, p50: 0, p99: 0 }
    return [name, (perSecond / (base?.perSecond ?? 1)).toFixed(2), perSecond.toFixed(0), p50, p99]
  })
  const setting = `Node ${process.versions.node}, ${cpus().length} cores shared by server and client, ${CONNECTIONS} connections, median of ${ROUNDS} rounds of ${SECONDS} s.`
  report('requests', `${tableOf(['what', 'ratio', 'requests/s', 'p50 ms', 'p99 ms'], rows)}\n\n${setting}`)
}

await main()
