import { Redis, type RedisOptions } from 'ioredis'
import { unavailable } from '../../core/errors.ts'
import type { Log } from '../../ports/log.ts'
import { assertKey, assertTtl, assertValue, type Count, type StateStore } from '../../ports/state-store.ts'
import { createCircuitBreaker } from '../resilience/circuit-breaker.ts'
import { withDeadline } from '../resilience/deadline.ts'
import { acknowledgedBy, unacknowledged } from './redis-replicas.ts'
import { COMPARE_AND_SET, INCREMENT, runScript, type Script } from './redis-scripts.ts'
import { toReservation } from './reservation.ts'

/** Longest wait for one answer, in milliseconds; ioredis's own default is for ever, and its own time-out does not forgive a pause of this process. */
export const COMMAND_TIMEOUT_MS = 300

/** Longest wait for replicas, in milliseconds: Redis says that they are missing well before its own silence would be judged. */
const WAIT_MS = COMMAND_TIMEOUT_MS - 100

/**
 * Fails fast and closed: a command waits for an answer at most `COMMAND_TIMEOUT_MS`, is not queued while there is no
 * connection, and is never sent twice, so that nothing stale runs after an outage. Reconnecting goes on for ever, with jitter.
 */
const CONNECTION = {
  keyPrefix: 'gw:',
  connectTimeout: 1000,
  // A server that has vanished without a word: give the connection up and make a new one, rather than wait for TCP to notice.
  socketTimeout: 1500,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: () => 100 + Math.random() * 300,
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions

/** Opens after five failures in a row; one call is tried again every half second. */
const CIRCUIT = { failures: 5, halfOpenAfterMs: 500, isOutage: () => true }

/** What the Redis store needs. */
export interface RedisStoreOptions {
  readonly url: string
  /** How many replicas must have a write before it is answered; 0, the default, asks none. */
  readonly waitReplicas?: number
  /** Hears of connection trouble, at most once a second. */
  readonly log: Log
}

/** State in Redis, shared by every node. Every verb speaks to the server of the URL, reads too: a replica may lag. */
export async function openRedisStore({ url, waitReplicas = 0, log }: RedisStoreOptions): Promise<StateStore> {
  // Reads that arrive together share a round trip; scripts are faster on a connection that does not wait for that.
  const reads = new Redis(url, { ...CONNECTION, enableAutoPipelining: true, lazyConnect: true })
  const scripts = new Redis(url, { ...CONNECTION, lazyConnect: true })
  const circuit = createCircuitBreaker(CIRCUIT)
  const ask = <T>(command: () => Promise<T>) => circuit.run(() => withDeadline(command, COMMAND_TIMEOUT_MS))
  // What stops writes only (full memory, replicas that are away) is kept from reads and readiness by a circuit of their own.
  const writing = createCircuitBreaker(CIRCUIT)
  const waiting = { redis: scripts, replicas: waitReplicas, waitMs: WAIT_MS, keepMs: 2 * COMMAND_TIMEOUT_MS }
  const send = waitReplicas === 0 ? unacknowledged : acknowledgedBy(waiting)
  const change = <T>(work: () => Promise<T>) => writing.run(() => withDeadline(work, COMMAND_TIMEOUT_MS))
  const write = <T>(command: () => Promise<T>) => change(() => send(command))
  const run = (script: Script, key: string, args: readonly (string | number)[]) =>
    change(() => runScript({ redis: scripts, send }, script, key, args))
  for (const connection of [reads, scripts]) connection.on('error', logSparsely(log))
  // A Redis that is away at the start is a state like any other: not ready, and reconnecting.
  await Promise.all([reads, scripts].map((connection) => connection.connect().catch(() => undefined)))

  async function increment(key: string, windowMs: number): Promise<Count> {
    assertKey(key)
    const window = assertTtl(windowMs)
    const answer = await run(INCREMENT, key, [window])
    const [count, resetsInMs] = Array.isArray(answer) ? answer.map(Number) : []
    if (
      count === undefined ||
      resetsInMs === undefined ||
      !Number.isSafeInteger(count) ||
      !Number.isSafeInteger(resetsInMs)
    ) {
      throw unavailable(new Error('Redis answered no number'))
    }
    return { count, resetsInMs }
  }

  return {
    async get(keys) {
      keys.forEach(assertKey)
      return keys.length === 0 ? [] : ask(() => reads.mget(...keys))
    },
    async set(key, value, ttlMs, options) {
      assertKey(key)
      assertValue(value)
      const ttl = assertTtl(ttlMs)
      if (options?.ifAbsent) return (await write(() => scripts.set(key, value, 'PX', ttl, 'NX'))) === 'OK'
      return (await write(() => scripts.set(key, value, 'PX', ttl))) === 'OK'
    },
    async compareAndSet(key, expected, next, ttlMs) {
      assertKey(key)
      assertValue(next)
      const ttl = assertTtl(ttlMs)
      return (await run(COMPARE_AND_SET, key, [expected, next, ttl])) === 1
    },
    async take(key) {
      assertKey(key)
      return write(() => scripts.getdel(key))
    },
    increment,
    reserve: async (key, { max, windowMs }) => toReservation(await increment(key, windowMs), max),
    async delete(keys) {
      keys.forEach(assertKey)
      // One key at a time: in a cluster the keys of one call lie on different nodes.
      await Promise.all(keys.map((key) => write(() => scripts.del(key))))
    },
    async ping() {
      await ask(() => Promise.all([reads.ping(), scripts.ping()]))
    },
    async close() {
      for (const connection of [reads, scripts]) connection.disconnect()
    },
  }
}

function logSparsely(log: Log): (error: Error) => void {
  let last = -Infinity
  return (error) => {
    if (performance.now() - last < 1000) return
    last = performance.now()
    log.warn({ reason: error.message }, 'Redis cannot be reached')
  }
}
