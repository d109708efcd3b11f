import { createHash } from 'node:crypto'
import type { Write } from './redis-writes.ts'

/**
 * Increments counters, whose windows in milliseconds are the arguments. Opens a window at its first
 * increment; the same step sets the time to live, so no counter can lack one. Returns each value with the
 * milliseconds left, and -1 twice for a value that is not a counter. Fails if it can increment none of them.
 */
export const INCREMENT = toScript(`
local results, counted, failure = {}, 0, nil
for i, key in ipairs(KEYS) do
  local count, left = redis.pcall('INCR', key), -1
  if type(count) == 'number' then
    counted = counted + 1
    left = redis.call('PTTL', key)
    if left < 0 then
      redis.call('PEXPIRE', key, ARGV[i])
      left = tonumber(ARGV[i])
    end
  else
    failure, count = count, -1
  end
  results[2 * i - 1], results[2 * i] = count, left
end
if counted == 0 then return failure end
return results`)

/** Replaces the value if it is the expected one. */
export const COMPARE_AND_SET = toScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`)

/** A script and its digest in Redis' script cache. */
export interface Script {
  readonly lua: string
  readonly digest: string
}

function toScript(lua: string): Script {
  return { lua, digest: createHash('sha1').update(lua).digest('hex') }
}

/**
 * Runs a script with keys of one node by its digest, or by its text if the node has lost it (restart, flush,
 * fail-over). `ioredis`' custom commands do the same, but without a hook for sending each attempt through the
 * replica batches.
 */
export async function runScript(
  write: Write,
  { lua, digest }: Script,
  keys: readonly [string, ...string[]],
  args: readonly (string | number)[],
): Promise<unknown> {
  const [first] = keys
  try {
    return await write(first, (client) => client.evalsha(digest, keys.length, ...keys, ...args))
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return write(first, (client) => client.eval(lua, keys.length, ...keys, ...args))
  }
}
