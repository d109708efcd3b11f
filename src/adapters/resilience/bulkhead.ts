/** The queue is full, or no work has finished for too long. */
export class BulkheadRejectedError extends Error {
  override readonly name = 'BulkheadRejectedError'
}

/** Limits of a bulkhead. */
export interface BulkheadOptions {
  /** Most concurrent work. */
  readonly concurrency: number
  /** Most queued work. Further work is rejected at once. */
  readonly maxQueued: number
  /** Milliseconds without any finished work after which all queued work is rejected. */
  readonly stallTimeoutMs: number
}

/** Runs work in order of arrival, with limited concurrency. */
export interface Bulkhead {
  /**
   * The result of the work. Rejects with `BulkheadRejectedError`, without starting the work, if it cannot be
   * queued.
   */
  run<T>(work: () => Promise<T>): Promise<T>
}

interface QueuedWork {
  readonly start: () => void
  readonly reject: (error: Error) => void
}

/**
 * A bulkhead whose queue is served as long as it moves: a burst is delayed rather than rejected, and behind a
 * hung backend no work waits longer than the timeout.
 *
 * Written by hand because cockatiel 3.2's bulkhead has no queue timeout, and new work can overtake its queue:
 * it frees a slot one microtask before the queued work takes it.
 */
export function createBulkhead({ concurrency, maxQueued, stallTimeoutMs }: BulkheadOptions): Bulkhead {
  const queue: QueuedWork[] = []
  let freeSlots = concurrency
  let timer: NodeJS.Timeout | undefined

  function rejectQueue(): void {
    for (const { reject } of queue.splice(0))
      reject(new BulkheadRejectedError(`no work finished within ${stallTimeoutMs} ms`))
  }

  function restartTimer(): void {
    clearTimeout(timer)
    if (queue.length > 0) timer = setTimeout(rejectQueue, stallTimeoutMs)
  }

  function acquire(): Promise<void> {
    if (freeSlots > 0) {
      freeSlots -= 1
      return Promise.resolve()
    }
    if (queue.length >= maxQueued)
      return Promise.reject(new BulkheadRejectedError(`the queue is full: ${maxQueued}`))
    return new Promise((resolve, reject) => {
      queue.push({ start: resolve, reject })
      if (queue.length === 1) restartTimer()
    })
  }

  function release(): void {
    const next = queue.shift()
    if (next) next.start()
    else freeSlots += 1
    restartTimer()
  }

  return {
    async run(work) {
      await acquire()
      try {
        return await work()
      } finally {
        release()
      }
    },
  }
}
