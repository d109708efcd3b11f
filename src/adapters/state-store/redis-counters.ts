import { unavailable, type AuthError } from '../../core/errors.ts'
import type { Count } from '../../ports/state-store.ts'
import { batchCalls } from '../resilience/batched-calls.ts'
import type { Increment } from './batched-increment.ts'

/**
 * Runs the script `INCREMENT` with keys of one node. The windows, in milliseconds, are its arguments.
 */
export type RunIncrement = (
  keys: readonly [string, ...string[]],
  windows: readonly number[],
) => Promise<unknown>

/**
 * Counts. Increments that start in one turn of the event loop, also those of different requests, share one
 * call of the script, because each write of a socket is a system call. In a cluster (`isCluster`) each has
 * its own: the keys are on different nodes. If the script fails, all its increments fail.
 */
export function createRedisCounters(
  run: RunIncrement,
  isCluster: boolean,
): (increment: Increment) => Promise<Count> {
  async function countAll(increments: readonly Increment[]): Promise<(Count | AuthError)[]> {
    const [first, ...others] = increments.map(({ key }) => key)
    if (first === undefined) return []
    const response = await run(
      [first, ...others],
      increments.map(({ windowMs }) => windowMs),
    )
    const values = Array.isArray(response) ? response.map(Number) : []
    return increments.map((_, index) => toCount(values[2 * index], values[2 * index + 1]))
  }

  if (!isCluster) return batchCalls<Increment, Count>(countAll)
  return async (increment) => {
    const [counted = toCount()] = await countAll([increment])
    if (counted instanceof Error) throw counted
    return counted
  }
}

function toCount(count = NaN, resetsInMs = NaN): Count | AuthError {
  if (Number.isSafeInteger(count) && Number.isSafeInteger(resetsInMs) && resetsInMs >= 0)
    return { count, resetsInMs }
  return unavailable(new Error('the value is not a counter'))
}
