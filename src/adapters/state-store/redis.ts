import { Redis, type RedisOptions } from 'ioredis'
import { unavailable } from '../../core/errors.ts'
import { SECOND_MS } from '../../core/duration.ts'
import type { Random } from '../../core/secrets.ts'
import type { Logger } from '../../ports/logger.ts'
import { assertKey, assertTtl, assertValue, type Count, type StateStore } from '../../ports/state-store.ts'
import { createCircuitBreaker } from '../resilience/circuit-breaker.ts'
import { withDeadline } from '../resilience/deadline.ts'
import { createAcknowledgedSend, sendUnacknowledged } from './redis-replicas.ts'
import { COMPARE_AND_SET, INCREMENT, runScript, type Script } from './redis-scripts.ts'
import { toReservation } from './reservation.ts'

/**
 * Timeout of one command in milliseconds. `ioredis` has none by default, and its own ignores pauses of this
 * process.
 */
export const COMMAND_TIMEOUT_MS = 300

/**
 * Longest wait for replicas in milliseconds. Shorter, so that missing replicas are not mistaken for a hung
 * Redis.
 */
const WAIT_MS = COMMAND_TIMEOUT_MS - 100

/**
 * Fails fast and closed: a command waits at most `COMMAND_TIMEOUT_MS`, is not queued without a connection,
 * and is never sent twice, so that no stale command runs after an outage. Reconnects forever, with jitter.
 */
const CONNECTION_OPTIONS = {
  keyPrefix: 'gw:',
  connectTimeout: 1000,
  // Reconnects when the server is silent, instead of waiting for a TCP timeout.
  socketTimeout: 1500,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions

const CIRCUIT_OPTIONS = { failures: 5, halfOpenAfterMs: 500, isOutage: () => true }

/** Options of the Redis store. */
export interface RedisStoreOptions {
  readonly url: string
  /** Replicas that must acknowledge each write. Default: 0. */
  readonly waitReplicas?: number
  /** Connection errors are logged at most once a second. */
  readonly log: Logger
  readonly random: Random
}

/** State in Redis, shared by all nodes. Reads also use the primary, because replicas may lag. */
export async function openRedisStore(options: RedisStoreOptions): Promise<StateStore> {
  const { url, waitReplicas = 0, log, random } = options
  const connectionOptions = { ...CONNECTION_OPTIONS, retryStrategy: () => 100 + random.integer(300) }
  // Concurrent reads share a round trip. Writes are faster on a connection without automatic pipelining.
  const reads = new Redis(url, { ...connectionOptions, enableAutoPipelining: true, lazyConnect: true })
  const writes = new Redis(url, { ...connectionOptions, lazyConnect: true })
  const readCircuit = createCircuitBreaker(CIRCUIT_OPTIONS)
  const read = <T>(command: () => Promise<T>) =>
    readCircuit.run(() => withDeadline(command, COMMAND_TIMEOUT_MS))
  // Failures of writes only (full memory, missing replicas) must not stop reads and readiness checks.
  const writeCircuit = createCircuitBreaker(CIRCUIT_OPTIONS)
  const replication = { replicas: waitReplicas, waitMs: WAIT_MS, queueTimeoutMs: 2 * COMMAND_TIMEOUT_MS }
  const send =
    waitReplicas === 0 ? sendUnacknowledged : createAcknowledgedSend({ redis: writes, ...replication })
  const runWrite = <T>(work: () => Promise<T>) =>
    writeCircuit.run(() => withDeadline(work, COMMAND_TIMEOUT_MS))
  const write = <T>(command: () => Promise<T>) => runWrite(() => send(command))
  const run = (script: Script, key: string, args: readonly (string | number)[]) =>
    runWrite(() => runScript({ redis: writes, send }, script, key, args))
  for (const connection of [reads, writes]) connection.on('error', createErrorLogger(log))
  // Redis may be down at the start: the store is then not ready and keeps reconnecting.
  await Promise.all([reads, writes].map((connection) => connection.connect().catch(() => undefined)))

  async function increment(key: string, windowMs: number): Promise<Count> {
    assertKey(key)
    const window = assertTtl(windowMs)
    const response = await run(INCREMENT, key, [window])
    const [count, resetsInMs] = Array.isArray(response) ? response.map(Number) : []
    if (
      count === undefined ||
      resetsInMs === undefined ||
      !Number.isSafeInteger(count) ||
      !Number.isSafeInteger(resetsInMs)
    ) {
      throw unavailable(new Error('the response of Redis is not a number'))
    }
    return { count, resetsInMs }
  }

  return {
    async get(keys) {
      keys.forEach(assertKey)
      return keys.length === 0 ? [] : read(() => reads.mget(...keys))
    },
    async set(key, value, ttlMs, options) {
      assertKey(key)
      assertValue(value)
      const ttl = assertTtl(ttlMs)
      if (options?.ifAbsent) return (await write(() => writes.set(key, value, 'PX', ttl, 'NX'))) === 'OK'
      return (await write(() => writes.set(key, value, 'PX', ttl))) === 'OK'
    },
    async compareAndSet(key, expected, next, ttlMs) {
      assertKey(key)
      assertValue(next)
      const ttl = assertTtl(ttlMs)
      return (await run(COMPARE_AND_SET, key, [expected, next, ttl])) === 1
    },
    async take(key) {
      assertKey(key)
      return write(() => writes.getdel(key))
    },
    increment,
    reserve: async (key, { max, windowMs }) => toReservation(await increment(key, windowMs), max),
    async delete(keys) {
      keys.forEach(assertKey)
      // One key per command: in a cluster the keys may be on different nodes.
      await Promise.all(keys.map((key) => write(() => writes.del(key))))
    },
    async ping() {
      await read(() => Promise.all([reads.ping(), writes.ping()]))
    },
    async close() {
      for (const connection of [reads, writes]) connection.disconnect()
    },
  }
}

/** Logs at most one error a second. */
function createErrorLogger(log: Logger): (error: Error) => void {
  let lastLogged = -Infinity
  return (error) => {
    if (performance.now() - lastLogged < SECOND_MS) return
    lastLogged = performance.now()
    log.warn({ event: 'redis.connection_failed', reason: error.message }, 'Redis connection failed')
  }
}
