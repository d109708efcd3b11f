/** The line is too long, or has stood still for too long. */
export class BulkheadRejectedError extends Error {
  override readonly name = 'BulkheadRejectedError'
}

/** How many may work, and how long others wait. */
export interface BulkheadOptions {
  /** Pieces of work at a time. */
  readonly places: number
  /** Milliseconds without any place coming free after which everyone who waits is turned away. */
  readonly patienceMs: number
  /** Most that may wait; more are turned away at once. */
  readonly maxWaiting: number
}

/** Runs work in the order it came, at most so much at a time. */
export interface Bulkhead {
  /** The result of the work; rejects with `BulkheadRejectedError`, without having begun it, when the wait is hopeless. */
  run<T>(work: () => Promise<T>): Promise<T>
}

interface Waiting {
  readonly enter: () => void
  readonly turnAway: (error: Error) => void
}

/**
 * A line that moves is worth waiting in, however long it is; one that stands still is not. So a burst is served late
 * rather than refused, and behind a backend that hangs nobody waits longer than the patience.
 */
export function createBulkhead({ places, patienceMs, maxWaiting }: BulkheadOptions): Bulkhead {
  const line: Waiting[] = []
  let free = places
  let timer: NodeJS.Timeout | undefined

  function turnAllAway(): void {
    for (const { turnAway } of line.splice(0))
      turnAway(new BulkheadRejectedError(`nothing came free for ${patienceMs} ms`))
  }

  function watch(): void {
    clearTimeout(timer)
    if (line.length > 0) timer = setTimeout(turnAllAway, patienceMs)
  }

  function enter(): Promise<void> {
    if (free > 0) {
      free -= 1
      return Promise.resolve()
    }
    if (line.length >= maxWaiting)
      return Promise.reject(new BulkheadRejectedError(`${maxWaiting} wait already`))
    return new Promise((resolve, reject) => {
      line.push({ enter: resolve, turnAway: reject })
      if (line.length === 1) watch()
    })
  }

  function leave(): void {
    const next = line.shift()
    if (next) next.enter()
    else free += 1
    watch()
  }

  return {
    async run(work) {
      await enter()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
