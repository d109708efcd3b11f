import { Cluster } from 'ioredis'
import type { RedisConnection } from '../../config/groups/redis-connection.ts'
import { SECOND_MS } from '../../core/duration.ts'
import { unavailable } from '../../core/errors.ts'
import type { Random } from '../../core/secrets.ts'
import type { Logger } from '../../ports/logger.ts'
import { assertKey, assertTtl, assertValue, type Count, type StateStore } from '../../ports/state-store.ts'
import { batchCalls } from '../resilience/batched-calls.ts'
import { createCircuitBreaker } from '../resilience/circuit-breaker.ts'
import { logCircuit } from '../resilience/circuit-log.ts'
import { withDeadline } from '../resilience/deadline.ts'
import { getAcrossSlots } from './redis-cluster.ts'
import { createRedisCounters } from './redis-counters.ts'
import { connectRedis, createRedisClient, type RedisClient } from './redis-connection.ts'
import { probeRedis } from './redis-probe.ts'
import { COMPARE_AND_SET, INCREMENT, runScript, type Script } from './redis-scripts.ts'
import { createWrite } from './redis-writes.ts'
import { toReservation } from './reservation.ts'

/**
 * Timeout of one command in milliseconds. `ioredis` has none by default, and its own ignores pauses of this
 * process.
 */
export const COMMAND_TIMEOUT_MS = 300

/** Timeout of the probe, in milliseconds: two round trips, or three after a loss of the scripts. */
const PROBE_TIMEOUT_MS = 2 * COMMAND_TIMEOUT_MS

/**
 * Longest wait for replicas in milliseconds. Shorter, so that missing replicas are not mistaken for a hung
 * Redis.
 */
const WAIT_MS = COMMAND_TIMEOUT_MS - 100

/** Options of the Redis store. */
export interface RedisStoreOptions {
  readonly connection: RedisConnection
  /** Replicas that must acknowledge each write. Default: 0. */
  readonly waitReplicas?: number
  /** Connection errors are logged at most once a second. */
  readonly log: Logger
  readonly random: Random
}

/** State in Redis, shared by all nodes. Reads also use the primary, because replicas may lag. */
export async function openRedisStore(options: RedisStoreOptions): Promise<StateStore> {
  const { connection, waitReplicas = 0, log, random } = options
  const toKey = (key: string) => `${connection.prefix}:${key}`
  // Concurrent reads share a round trip. Writes are faster on a connection without automatic pipelining.
  const reads = createRedisClient(connection, { random, pipelines: true })
  const writes = createRedisClient(connection, { random })
  const readCircuit = createCircuitBreaker({ onChange: logCircuit(log, 'redis reads') })
  const read = <T>(command: () => Promise<T>) =>
    readCircuit.run(() => withDeadline(command, COMMAND_TIMEOUT_MS))
  // Failures of writes only (full memory, missing replicas) must not stop reads.
  const writeCircuit = createCircuitBreaker({ onChange: logCircuit(log, 'redis writes') })
  const send = createWrite({
    ...{ client: writes, replicas: waitReplicas },
    ...{ waitMs: WAIT_MS, queueTimeoutMs: 2 * COMMAND_TIMEOUT_MS },
  })
  const runWrite = <T>(work: () => Promise<T>) =>
    writeCircuit.run(() => withDeadline(work, COMMAND_TIMEOUT_MS))
  const write = <T>(key: string, command: (client: RedisClient) => Promise<T>) =>
    runWrite(() => send(key, command))
  const run = (script: Script, keys: readonly [string, ...string[]], args: readonly (string | number)[]) =>
    runWrite(() => runScript(send, script, keys, args))
  const count = createRedisCounters((...args) => run(INCREMENT, ...args), writes instanceof Cluster)
  const getValues = createReader({ reads, writes }, read)
  for (const client of [reads, writes]) client.on('error', createErrorLogger(log))
  // Redis may be down at the start: the store is then not ready and keeps reconnecting.
  await Promise.all([reads, writes].map(connectRedis))

  async function increment(key: string, windowMs: number): Promise<Count> {
    assertKey(key)
    return count({ key: toKey(key), windowMs: assertTtl(windowMs) })
  }

  return {
    async get(keys) {
      keys.forEach(assertKey)
      return keys.length === 0 ? [] : getValues(keys.map(toKey))
    },
    async set(key, value, ttlMs, options) {
      assertKey(key)
      assertValue(value)
      const [name, ttl] = [toKey(key), assertTtl(ttlMs)]
      if (options?.ifAbsent)
        return (await write(name, (redis) => redis.set(name, value, 'PX', ttl, 'NX'))) === 'OK'
      return (await write(name, (redis) => redis.set(name, value, 'PX', ttl))) === 'OK'
    },
    async compareAndSet(key, expected, next, ttlMs) {
      assertKey(key)
      assertValue(next)
      const ttl = assertTtl(ttlMs)
      return (await run(COMPARE_AND_SET, [toKey(key)], [expected, next, ttl])) === 1
    },
    async take(key) {
      assertKey(key)
      return write(toKey(key), (redis) => redis.getdel(toKey(key)))
    },
    increment,
    reserve: async (key, { max, windowMs }) => toReservation(await increment(key, windowMs), max),
    async delete(keys) {
      keys.forEach(assertKey)
      // One key per command: in a cluster the keys may be on different nodes.
      await Promise.all(keys.map(toKey).map((name) => write(name, (redis) => redis.del(name))))
    },
    async ping() {
      const probe = () => probeRedis(writes, connection.prefix, random)
      const probed = withDeadline(probe, PROBE_TIMEOUT_MS).catch((error: unknown) => {
        throw unavailable(error)
      })
      // Through the circuit: while it is open, requests fail.
      await Promise.all([read(() => reads.ping()), probed])
    },
    async close() {
      for (const client of [reads, writes]) client.disconnect()
    },
  }
}

type Values = (string | null)[]

/**
 * Reads values. Reads that start in one turn of the event loop, also those of different requests, share one
 * MGET. In a cluster each read has its own, so that a node that fails fails only what it stores, and is tried
 * a second time without pipelines, if a slot moves.
 */
function createReader(
  { reads, writes }: { readonly reads: RedisClient; readonly writes: RedisClient },
  run: (command: () => Promise<Values>) => Promise<Values>,
): (keys: readonly string[]) => Promise<Values> {
  if (reads instanceof Cluster && writes instanceof Cluster)
    return (keys) => run(() => getAcrossSlots(reads, keys).catch(() => getAcrossSlots(writes, keys)))
  return batchCalls(async (calls: readonly (readonly string[])[]) => {
    const values = await run(() => reads.mget(calls.flat()))
    let end = 0
    return calls.map(({ length }) => values.slice(end, (end += length)))
  })
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
