import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { migrate } from '../src/adapters/database/migrations.ts'
import { openDatabase } from '../src/adapters/database/open-database.ts'
import { createDatabaseStore } from '../src/adapters/state-store/database.ts'
import { MemcachedStore } from '../src/adapters/state-store/memcached.ts'
import { createMemoryStore } from '../src/adapters/state-store/memory.ts'
import { openRedisStore } from '../src/adapters/state-store/redis.ts'
import { MINUTE_MS } from '../src/core/duration.ts'
import { systemRandom } from '../src/core/secrets.ts'
import type { StateStore } from '../src/ports/state-store.ts'
import { startMemcached } from '../test/support/servers/memcached.ts'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { REDIS_SHAPES } from '../test/support/servers/redis-shapes.ts'
import { connectionTo, startRedis, type RedisServer } from '../test/support/servers/redis.ts'
import { SILENT_LOGGER } from '../test/support/silent-logger.ts'
import { buildTable, median, report } from './figures.ts'

// What a session check and a refresh ask the state store, on each store, beside the bare client in the same
// run: one MGET of the keys of a session check, and one EVALSHA of a counter. And what a hung Redis costs.

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)
/** Operations in progress at once. */
const CONCURRENCY = 32
const SESSIONS = 1000
const RECORD = JSON.stringify({ userId: 'u'.repeat(21), roles: ['USER'], expiresAt: 1_900_000_000_000 })
const SCRIPT = `local count = redis.call('INCR', KEYS[1]) redis.call('PEXPIRE', KEYS[1], ARGV[1]) return count`

interface Figures {
  /** Operations a second. */
  readonly rate: number
  /** 99th percentile in milliseconds. */
  readonly p99: number
}

type Operation = (index: number) => Promise<unknown>

async function measure(operation: Operation): Promise<Figures> {
  const times: number[] = []
  let next = 0
  const runUntil = async (end: number, isCounted: boolean) => {
    while (performance.now() < end) {
      const started = performance.now()
      await operation((next += 1) % SESSIONS)
      if (isCounted) times.push(performance.now() - started)
    }
  }
  const runAll = (seconds: number, isCounted: boolean) => {
    const end = performance.now() + seconds * 1000
    return Promise.all(Array.from({ length: CONCURRENCY }, () => runUntil(end, isCounted)))
  }
  await runAll(SECONDS / 4, false)
  await runAll(SECONDS, true)
  const sorted = times.sort((a, b) => a - b)
  return { rate: times.length / SECONDS, p99: sorted[Math.floor(times.length * 0.99)] ?? 0 }
}

/** What `SessionReader` reads for one request, without a local cache. */
function checkSession(store: StateStore): Operation {
  return (index) => store.get([`session:{s${index}}`, `blacklist:{s${index}}:t`, 'gen:posts'])
}

/** What one refresh asks: the limits of network, session and all, the record, and its renewal. */
function refresh(store: StateStore): Operation {
  const limit = { max: 1e9, windowMs: MINUTE_MS }
  return async (index) => {
    await store.reserve(`limit:refresh:${index % 100}`, limit)
    await Promise.all([store.get([`session:{s${index}}`]), store.reserve(`limit:session:${index}`, limit)])
    await store.reserve('limit:refresh-all', limit)
    await store.compareAndSet(`session:{s${index}}`, RECORD, RECORD, MINUTE_MS)
  }
}

async function fill(store: StateStore): Promise<void> {
  for (let index = 0; index < SESSIONS; index += 1)
    await store.set(`session:{s${index}}`, RECORD, 10 * MINUTE_MS)
}

async function measureBare(server: RedisServer): Promise<{ mget: Figures; evalsha: Figures }> {
  const client = new Redis(server.port)
  await client.script('LOAD', SCRIPT)
  const digest = createHash('sha1').update(SCRIPT).digest('hex')
  const mget = await measure((index) =>
    client.mget(`gw:session:{s${index}}`, `gw:blacklist:{s${index}}:t`, 'gw:gen:posts'),
  )
  const evalsha = await measure((index) => client.evalsha(digest, 1, `bare:${index}`, MINUTE_MS))
  client.disconnect()
  return { mget, evalsha }
}

/** The stores by name; each is opened when its turn comes. */
const STORES: Readonly<Record<string, () => Promise<{ store: StateStore; stop: () => Promise<unknown> }>>> = {
  memory: async () => ({ store: createMemoryStore({ now: Date.now }), stop: async () => undefined }),
  'database (SQLite)': async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-stores-'))
    return openDatabaseStore(`file:${join(folder, 'gateway.db')}`, async () =>
      rmSync(folder, { recursive: true }),
    )
  },
  'database (PostgreSQL)': async () => {
    const server = await startPostgres()
    return openDatabaseStore(await server.createDatabase(), () => server.stop())
  },
  Redis: async () => {
    const server = await startRedis()
    return { store: await openRedis(connectionTo(server.url)), stop: () => server.stop() }
  },
  ...Object.fromEntries(
    REDIS_SHAPES.map(({ name, start }) => [
      `Redis ${name}`,
      async () => {
        const installation = await start()
        return { store: await openRedis(installation.connection), stop: () => installation.stop() }
      },
    ]),
  ),
  Memcached: async () => {
    const server = await startMemcached()
    const config = { servers: [{ host: '127.0.0.1', port: server.port }], tls: null, prefix: 'gw' }
    return {
      store: new MemcachedStore({ config, now: Date.now, random: systemRandom, log: SILENT_LOGGER }),
      stop: () => server.stop(),
    }
  },
}

async function openDatabaseStore(url: string, stop: () => Promise<unknown>) {
  await migrate({ url, now: Date.now })
  const database = await openDatabase(url, { log: SILENT_LOGGER, random: systemRandom })
  const store = createDatabaseStore({ database, now: Date.now })
  return { store, stop: () => database.close().then(stop) }
}

function openRedis(connection: Parameters<typeof openRedisStore>[0]['connection']): Promise<StateStore> {
  return openRedisStore({ connection, log: SILENT_LOGGER, random: systemRandom })
}

/** The cost of a Redis that does not respond: before the circuit opens, after that, and its recovery. */
async function measureHang(): Promise<string> {
  const server = await startRedis()
  const store = await openRedis(connectionTo(server.url))
  await fill(store)
  const time = async () => {
    const started = performance.now()
    await checkSession(store)(0).catch(() => undefined)
    return performance.now() - started
  }
  server.pause()
  const closed: number[] = []
  for (let call = 0; call < 5; call += 1) closed.push(await time())
  const open: number[] = []
  for (let call = 0; call < 100; call += 1) open.push(await time())
  server.resume()
  const resumed = performance.now()
  while (
    !(await store
      .ping()
      .then(() => checkSession(store)(0))
      .then(
        () => true,
        () => false,
      ))
  )
    await sleep(10)
  const recovery = performance.now() - resumed
  await store.close()
  await server.stop()
  const figures = [Math.max(...closed), median(open), recovery].map((value) => value.toFixed(1))
  return `A Redis that hangs costs a request at most ${figures[0]} ms, and ${figures[1]} ms (median) once the circuit is open. Work continues ${figures[2]} ms after its return.`
}

const baseline = await startRedis()
const rows: (string | number)[][] = []
for (const [name, open] of Object.entries(STORES)) {
  const bare = await measureBare(baseline)
  const { store, stop } = await open()
  await fill(store)
  const check = await measure(checkSession(store))
  const rotated = await measure(refresh(store))
  await store.close()
  await stop()
  const ratio = (figures: Figures, reference: Figures) => (figures.rate / reference.rate).toFixed(2)
  rows.push([
    name,
    ...[Math.round(check.rate), check.p99.toFixed(1), ratio(check, bare.mget)],
    ...[Math.round(rotated.rate), rotated.p99.toFixed(1), ratio(rotated, bare.evalsha)],
  ])
  console.log(rows.at(-1)?.join(' '))
}
await baseline.stop()
const head = ['store', 'checks/s', 'p99 ms', '× MGET', 'refreshes/s', 'p99 ms', '× EVALSHA']
await report(
  'stores',
  `${buildTable(head, rows)}\n\n${await measureHang()} Node ${process.versions.node}, ${CONCURRENCY} at once.`,
)
process.exit()
