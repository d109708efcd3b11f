import type { Redis } from 'ioredis'

/** Sends one write and gives its answer. */
export type Send = <T>(write: () => Promise<T>) => Promise<T>

/** What waiting for replicas needs. */
export interface ReplicaOptions {
  /** The connection of the writes: WAIT speaks of what its own connection wrote. */
  readonly redis: Redis
  /** How many must have a write. */
  readonly replicas: number
  /** Longest time that Redis waits for them, in milliseconds. */
  readonly waitMs: number
  /** A write that could not go out for this many milliseconds is not sent: nobody waits for it any more. */
  readonly keepMs: number
}

/** Sends a write by itself: the primary's answer is all there is to wait for. */
export const unacknowledged: Send = (write) => write()

/**
 * Sends writes so that each is answered only when the replicas have it, and rejects where fewer do; the write then stands on
 * the primary all the same.
 *
 * WAIT holds up its whole connection, so writes that come while one is under way gather and go out together with one WAIT
 * behind them: a burst costs two round trips to the replicas, and replicas that are away leave no queue of waits behind.
 */
export function acknowledgedBy({ redis, replicas, waitMs, keepMs }: ReplicaOptions): Send {
  let gathering: Batch | undefined
  let before: Promise<unknown> = Promise.resolve()

  async function askReplicas(): Promise<void> {
    const have = await redis.wait(replicas, waitMs)
    if (have < replicas) throw new Error(`${have} of ${replicas} replicas have the write`)
  }

  function open(): Batch {
    // From its turn on nobody joins; its writes go out at once, and an immediate comes after all of them.
    const turn = before.then(() => void (gathering = undefined))
    const acknowledged = turn.then(() => new Promise(setImmediate)).then(askReplicas)
    before = acknowledged.catch(() => undefined)
    return { turn, acknowledged }
  }

  return async (write) => {
    const due = performance.now() + keepMs
    const batch = (gathering ??= open())
    await batch.turn
    if (performance.now() > due) throw new Error(`not sent within ${keepMs} ms`)
    const [answer] = await Promise.all([write(), batch.acknowledged])
    return answer
  }
}

/** Writes that go out together. */
interface Batch {
  readonly turn: Promise<void>
  /** Rejects when too few replicas have them. */
  readonly acknowledged: Promise<void>
}
