import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readRows } from '../test/support/backends.ts'
import { signUpAt } from '../test/support/servers/gateway-process.ts'
import { startPostgres } from '../test/support/servers/postgres.ts'
import { eventually } from '../test/support/servers/processes.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import {
  buildSeedContent,
  FAIRNESS_CASES,
  type FairnessCase,
  type Seen,
  type Sender,
} from './fairness-cases.ts'
import { buildTable, median, report } from './figures.ts'
import { launchMonitored, type MonitoredGateway } from './servers.ts'

// The longest time that one request of one caller holds the event loop, for the dearest requests that are
// accepted and the largest that are rejected. Another connection pings meanwhile.

/** Most milliseconds that one request may hold the event loop. */
const LIMIT_MS = 50
/** Each case is sent as often, with different texts; medians are reported. */
const ROUNDS = 3
const SEEDED_POSTS = 100
/** Milliseconds between two pings. */
const PING_PAUSE_MS = 3

interface Figures extends Seen {
  readonly responseMs: number
  readonly pingMs: number
  readonly holdMs: number
}

/** Writes posts into the database, as an earlier version did that had no bounds. */
async function seedPosts(databaseUrl: string): Promise<void> {
  const published = databaseUrl.startsWith('file:') ? '1' : 'true'
  const values = Array.from(
    { length: SEEDED_POSTS },
    (_, i) =>
      `SELECT 'seed${i}', id, 'Seed', '${buildSeedContent(i)}', ${published}, created_at, created_at FROM users`,
  )
  const insert = `INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at)
    ${values.join(' UNION ALL ')}`
  // SQLite is locked while the gateway writes.
  await eventually(() =>
    readRows(databaseUrl, insert).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && error.message.includes('SQLITE_BUSY')) return false
        throw error
      },
    ),
  )
}

/** Pings until it is stopped; returns the longest response in milliseconds. */
function startPings(address: string): () => Promise<number> {
  let [stopped, longest] = [false, 0]
  const pings = (async () => {
    while (!stopped) {
      const started = performance.now()
      await (await fetch(`${address}/livez`)).arrayBuffer()
      longest = Math.max(longest, performance.now() - started)
      await sleep(PING_PAUSE_MS)
    }
  })()
  return async () => {
    stopped = true
    await pings
    return longest
  }
}

async function measureOnce(
  gateway: MonitoredGateway,
  sender: Sender,
  send: FairnessCase['send'],
  index: number,
): Promise<Figures> {
  const stopPings = startPings(gateway.address)
  await sleep(20)
  await gateway.readHold()
  const started = performance.now()
  const seen = await send(sender, index)
  const responseMs = performance.now() - started
  await sleep(20)
  const holdMs = await gateway.readHold()
  return { ...seen, responseMs, holdMs, pingMs: await stopPings() }
}

async function measure(
  gateway: MonitoredGateway,
  sender: Sender,
  fairnessCase: FairnessCase,
): Promise<Figures> {
  const rounds: Figures[] = []
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push(await measureOnce(gateway, sender, (by, index) => fairnessCase.send(by, index), round))
  const middle = (pick: (figures: Figures) => number) => median(rounds.map(pick))
  return {
    outcome: rounds.at(-1)?.outcome ?? '',
    bytes: Math.max(...rounds.map(({ bytes }) => bytes)),
    responseMs: middle(({ responseMs }) => responseMs),
    pingMs: middle(({ pingMs }) => pingMs),
    holdMs: middle(({ holdMs }) => holdMs),
  }
}

const IDLE: FairnessCase = {
  name: 'pings alone',
  send: async () => {
    await sleep(100)
    return { outcome: '', bytes: 0 }
  },
}

/** The rows of the table for one set of stores, and the names of the cases that exceed the limit. */
async function measureStores(name: string, databaseUrl: string, settings: Record<string, string>) {
  const gateway = await launchMonitored({ ...settings, DATABASE_URL: databaseUrl })
  try {
    const sender = { address: gateway.address, token: await signUpAt(gateway) }
    await seedPosts(databaseUrl)
    const rows: string[][] = []
    const failed: string[] = []
    const [, , pattern = ''] = process.argv.filter((argument) => argument !== '--write')
    const chosen = [IDLE, ...FAIRNESS_CASES].filter(({ name }) => name.includes(pattern))
    for (const fairnessCase of chosen) {
      const figures = await measure(gateway, sender, fairnessCase)
      const isFair = figures.holdMs <= LIMIT_MS
      if (!isFair) failed.push(`${name}: ${fairnessCase.name}`)
      const times = [figures.responseMs, figures.pingMs, figures.holdMs].map((ms) => ms.toFixed(0))
      const row = [fairnessCase.name, figures.outcome, String(figures.bytes), ...times, isFair ? 'yes' : 'no']
      console.log(row.join(' · '))
      rows.push(row)
    }
    return { rows, failed }
  } finally {
    await gateway.stop()
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-fairness-'))
  const [redis, postgres] = [await startRedis(), await startPostgres()]
  try {
    const [embedded, grown] = [join(folder, 'embedded'), join(folder, 'grown')]
    const small = await measureStores('SQLite alone', `file:${join(folder, 'gateway.db')}`, {
      DATA_DIR: embedded,
    })
    const large = await measureStores('PostgreSQL and Redis', await postgres.createDatabase(), {
      DATA_DIR: grown,
      REDIS_URL: redis.url,
    })
    await print(small.rows, large.rows)
    const failed = [...small.failed, ...large.failed]
    if (failed.length === 0) return
    console.error(`held the event loop longer than ${LIMIT_MS} ms:\n${failed.join('\n')}`)
    process.exitCode = 1
  } finally {
    await redis.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function print(small: string[][], large: string[][]): Promise<void> {
  const columns = ['response', 'bytes', 'ms', '`/livez` ms', 'held ms', `≤ ${LIMIT_MS}`]
  const tables = [
    buildTable(['SQLite alone', ...columns], small),
    buildTable(['PostgreSQL and Redis', ...columns], large),
  ]
  const facts = `Node ${process.versions.node}, ${cpus().length} cores for server, client and stores; medians of ${ROUNDS} requests.`
  await report('fairness', [...tables, facts].join('\n\n'))
}

await main()
