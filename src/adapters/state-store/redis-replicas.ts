import type { Redis } from 'ioredis'

/** Sends one write and returns its response. */
export type Send = <T>(write: () => Promise<T>) => Promise<T>

/** Options of replicated writes. */
export interface ReplicaOptions {
  /** The connection of the writes: WAIT concerns the writes of its own connection. */
  readonly redis: Redis
  /** Replicas that must acknowledge a write. */
  readonly replicas: number
  /** Longest wait of Redis for the replicas, in milliseconds. */
  readonly waitMs: number
  /** Longest time, in milliseconds, that a write is queued. Its caller has timed out by then. */
  readonly queueTimeoutMs: number
}

/**
 * Sends writes that are confirmed when enough replicas have acknowledged them. A write with fewer
 * acknowledgements rejects, but stays on the primary.
 *
 * WAIT blocks its whole connection, so writes that arrive during one are sent as the next batch with one WAIT
 * behind it. A burst costs two round trips to the replicas, and missing replicas cause no backlog of WAIT
 * commands. `ioredis` has no such batching.
 */
export function createAcknowledgedSend({ redis, replicas, waitMs, queueTimeoutMs }: ReplicaOptions): Send {
  let nextBatch: Batch | undefined
  let previous: Promise<unknown> = Promise.resolve()

  async function waitForReplicas(): Promise<void> {
    const acknowledged = await redis.wait(replicas, waitMs)
    if (acknowledged < replicas)
      throw new Error(`${acknowledged} of ${replicas} replicas acknowledged the write`)
  }

  function openBatch(): Batch {
    // Once the batch starts, it accepts no more writes. Its writes are sent in this phase, and an immediate
    // follows them.
    const started = previous.then(() => void (nextBatch = undefined))
    const acknowledged = started.then(() => new Promise(setImmediate)).then(waitForReplicas)
    previous = acknowledged.catch(() => undefined)
    return { started, acknowledged }
  }

  return async (write) => {
    const deadline = performance.now() + queueTimeoutMs
    const batch = (nextBatch ??= openBatch())
    await batch.started
    if (performance.now() > deadline) throw new Error(`not sent within ${queueTimeoutMs} ms`)
    const [response] = await Promise.all([write(), batch.acknowledged])
    return response
  }
}

/** Writes that are sent together. */
interface Batch {
  readonly started: Promise<void>
  /** Rejects if too few replicas acknowledge the writes. */
  readonly acknowledged: Promise<void>
}
