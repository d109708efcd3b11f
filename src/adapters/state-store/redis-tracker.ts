import type { Redis } from 'ioredis'
import type { Logger } from '../../ports/logger.ts'
import { TrackedKeys } from './tracked-keys.ts'

/** Options of a tracker. */
export interface TrackerOptions {
  /** First characters of the keys that are tracked. */
  readonly prefixes: readonly string[]
  /** Longest time that a value is used after it was read, in milliseconds. */
  readonly ttlMs: number
  readonly log: Logger
}

/** Values of one server, and whether it reports their changes. */
export interface Tracker {
  /** The values while the server reports their changes; null: nothing may be read from memory or kept. */
  readonly current: () => TrackedKeys | null
  close(): void
}

/** Channel on which Redis sends invalidations to RESP2 connections. */
const INVALIDATIONS = '__redis__:invalidate'
/** How often the connection is tested, in milliseconds. */
const PING_MS = 500
/** Nothing is read from memory when the last successful test began longer ago, in milliseconds. */
const SILENCE_MS = 3 * PING_MS
/** Keys in memory: two of each session and one of its account, at about 400 bytes. */
const MAX_KEYS = 100_000

/**
 * Makes a server report changes of keys to a connection of its own (`CLIENT TRACKING` in broadcasting mode).
 *
 * RESP2, and reports to the connection itself: ioredis 6 drops the `invalidate` frames of RESP3, and passes
 * on those of RESP2 as a message whose body is a list of keys.
 */
export function createTracker(connection: Redis, { prefixes, ttlMs, log }: TrackerOptions): Tracker {
  const monotonic = () => performance.now()
  const keys = new TrackedKeys({ ttlMs, maxKeys: MAX_KEYS, monotonic })
  let provenAt = -Infinity
  const stop = () => {
    provenAt = -Infinity
    keys.clear()
  }
  const prove = async () => {
    const startedAt = monotonic()
    await connection.ping()
    provenAt = startedAt
  }
  connection.on('messageBuffer', (_channel: Buffer, body: readonly Buffer[] | null) => {
    // Null: the whole database was flushed.
    if (body === null) keys.clear()
    else keys.invalidate(body.map(String))
  })
  connection.on('close', stop)
  // The state store is on the same server and logs the outage.
  connection.on('error', () => undefined)
  const start = () => track(connection, prefixes, log).then(prove)
  connection.on('ready', () => void start().catch(() => undefined))
  const timer = setInterval(() => {
    if (provenAt > -Infinity) prove().catch(() => undefined)
  }, PING_MS).unref()
  connection.connect().catch(() => undefined)
  return {
    current: () => (monotonic() - provenAt < SILENCE_MS ? keys : null),
    close() {
      clearInterval(timer)
      connection.disconnect()
      stop()
    },
  }
}

/** Makes Redis report changes of the keys to this connection. After a failure the memory is not used. */
async function track(connection: Redis, prefixes: readonly string[], log: Logger): Promise<void> {
  try {
    const id = await connection.client('ID')
    const options = prefixes.flatMap((prefix) => ['PREFIX', prefix])
    await connection.call('CLIENT', ['TRACKING', 'ON', 'REDIRECT', String(id), 'BCAST', ...options])
    await connection.subscribe(INVALIDATIONS)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    log.warn({ event: 'redis.tracking_failed', reason }, 'Redis does not report changes of session records')
    throw error
  }
}
