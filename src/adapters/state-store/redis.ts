import { createHash } from 'node:crypto'
import { Redis, type RedisOptions } from 'ioredis'
import { unavailable } from '../../core/errors.ts'
import type { Log } from '../../ports/log.ts'
import { assertKey, assertTtl, assertValue, type Count, type StateStore } from '../../ports/state-store.ts'
import { createCircuit } from '../circuit.ts'
import { withDeadline } from '../deadline.ts'
import { reservationOf } from './reservation.ts'

/** Longest wait for one answer, in milliseconds; ioredis's own default is for ever, and its own time-out does not forgive a pause of this process. */
export const COMMAND_TIMEOUT_MS = 300

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

/** Opens the window at the first increment; the time to live is set in the same step, so no counter can be left without one. */
const INCREMENT = script(`
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {count, left}`)

const COMPARE_AND_SET = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`)

/** A script and the digest that Redis knows it by. */
interface Script {
  readonly lua: string
  readonly digest: string
}

function script(lua: string): Script {
  return { lua, digest: createHash('sha1').update(lua).digest('hex') }
}

/** By its digest; where Redis has forgotten it (a restart, a flush), by its text, which cannot be forgotten on the way. */
async function runScript(
  redis: Redis,
  { lua, digest }: Script,
  key: string,
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(digest, 1, key, ...args)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return redis.eval(lua, 1, key, ...args)
  }
}

/** State in Redis, shared by every node. `log` hears of connection trouble, at most once a second. */
export async function openRedisStore({ url, log }: { url: string; log: Log }): Promise<StateStore> {
  // Reads that arrive together share a round trip; scripts are faster on a connection that does not wait for that.
  const reads = new Redis(url, { ...CONNECTION, enableAutoPipelining: true, lazyConnect: true })
  const scripts = new Redis(url, { ...CONNECTION, lazyConnect: true })
  const circuit = createCircuit({ failures: 5, halfOpenAfterMs: 500, isOutage: () => true })
  const ask = <T>(command: () => Promise<T>) => circuit.run(() => withDeadline(command, COMMAND_TIMEOUT_MS))
  for (const connection of [reads, scripts]) connection.on('error', logSparsely(log))
  // A Redis that is away at the start is a state like any other: not ready, and reconnecting.
  await Promise.all([reads, scripts].map((connection) => connection.connect().catch(() => undefined)))

  async function increment(key: string, windowMs: number): Promise<Count> {
    assertKey(key)
    const window = assertTtl(windowMs)
    const answer = await ask(() => runScript(scripts, INCREMENT, key, [window]))
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
      if (options?.ifAbsent) return (await ask(() => scripts.set(key, value, 'PX', ttl, 'NX'))) === 'OK'
      return (await ask(() => scripts.set(key, value, 'PX', ttl))) === 'OK'
    },
    async compareAndSet(key, expected, next, ttlMs) {
      assertKey(key)
      assertValue(next)
      const ttl = assertTtl(ttlMs)
      return (await ask(() => runScript(scripts, COMPARE_AND_SET, key, [expected, next, ttl]))) === 1
    },
    async take(key) {
      assertKey(key)
      return ask(() => scripts.getdel(key))
    },
    increment,
    reserve: async (key, { max, windowMs }) => reservationOf(await increment(key, windowMs), max),
    async delete(keys) {
      keys.forEach(assertKey)
      // One key at a time: in a cluster the keys of one call lie on different nodes.
      await Promise.all(keys.map((key) => ask(() => scripts.del(key))))
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
