import { createHash } from 'node:crypto'
import type { Write } from './redis-writes.ts'

/**
 * Opens the window at the first increment. The same step sets the time to live, so no counter can lack one.
 */
export const INCREMENT = toScript(`
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {count, left}`)

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
 * Runs a script by its digest, or by its text if the node has lost it (restart, flush, fail-over). `ioredis`'
 * custom commands do the same, but without a hook for sending each attempt through the replica batches.
 */
export async function runScript(
  write: Write,
  { lua, digest }: Script,
  key: string,
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await write(key, (client) => client.evalsha(digest, 1, key, ...args))
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return write(key, (client) => client.eval(lua, 1, key, ...args))
  }
}
