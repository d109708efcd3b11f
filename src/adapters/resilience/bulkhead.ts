import { unavailable } from '../../core/errors.ts'
import { createStallTimer, type StallTimer } from './stall-timer.ts'

/** The queue is full, or no work has finished for too long. */
export class BulkheadRejectedError extends Error {
  override readonly name = 'BulkheadRejectedError'
}

/** For `catch`: a rejection of a bulkhead becomes `SERVICE_UNAVAILABLE`; other errors stay what they are. */
export function throwUnavailable(error: unknown): never {
  throw error instanceof BulkheadRejectedError ? unavailable(error) : error
}

/** The part of a bulkhead that one caller can use. */
export interface CallerShare {
  /** Most concurrent work of one caller. */
  readonly concurrency: number
  /** Most queued work of one caller. */
  readonly maxQueued: number
}

/** Limits of a bulkhead. */
export interface BulkheadOptions {
  /** Most concurrent work. */
  readonly concurrency: number
  /** Most queued work. Further work is rejected at once. */
  readonly maxQueued: number
  /**
   * Milliseconds without any finished work after which all queued work is rejected. The queue of a caller
   * who uses the whole share is rejected when none of that caller's work finishes for as long.
   */
  readonly stallTimeoutMs: number
  /** Default: everything. Work without a caller is never limited by it. */
  readonly share?: CallerShare
}

/** Runs work with limited concurrency: that of one caller in order of arrival, callers in turn. */
export interface Bulkhead {
  /** Work in progress. */
  readonly active: number
  /** Queued work. */
  readonly queued: number
  /**
   * The result of the work. Rejects with `BulkheadRejectedError`, without starting the work, if it cannot be
   * queued. `caller`: whose share the work uses; null for work of the gateway itself.
   */
  run<T>(work: () => Promise<T>, caller?: string | null): Promise<T>
}

interface QueuedWork {
  readonly start: () => void
  readonly reject: (error: Error) => void
}

/** The work of one caller. */
interface Lane {
  readonly caller: string | null
  readonly share: CallerShare
  readonly queue: QueuedWork[]
  active: number
  readonly stallTimer: StallTimer
}

/**
 * A bulkhead whose queue is served as long as it moves: a burst is delayed rather than rejected, and behind a
 * hung backend no work waits longer than the timeout. One caller holds at most a share of the slots, and a
 * long queue of one caller delays no other caller, because callers take turns.
 *
 * Written by hand because cockatiel 3.2's bulkhead has no queue timeout and no shares, and new work can
 * overtake its queue: it frees a slot one microtask before the queued work takes it.
 */
export function createBulkhead(options: BulkheadOptions): Bulkhead {
  const { concurrency, maxQueued, stallTimeoutMs } = options
  const whole = { concurrency, maxQueued }
  const lanes = new Map<string | null, Lane>()
  /** Lanes whose next work may start as soon as a slot is free, in turn. */
  const ready = new Set<Lane>()
  let freeSlots = concurrency
  let queued = 0
  const stallTimer = createStallTimer(() => lanes.forEach(rejectQueue), stallTimeoutMs)

  function findLane(caller: string | null): Lane {
    const share = caller === null ? whole : (options.share ?? whole)
    const known = lanes.get(caller)
    if (known) return known
    const stallTimer = createStallTimer(() => rejectQueue(lane), stallTimeoutMs)
    const lane: Lane = { caller, share, queue: [], active: 0, stallTimer }
    return lane
  }

  /** Keeps lanes with work only: callers come and go. */
  function keepLane(lane: Lane): void {
    if (lane.active > 0 || lane.queue.length > 0) lanes.set(lane.caller, lane)
    else lanes.delete(lane.caller)
  }

  function rejectQueue(lane: Lane): void {
    const rejected = lane.queue.splice(0)
    queued -= rejected.length
    ready.delete(lane)
    keepLane(lane)
    for (const { reject } of rejected)
      reject(new BulkheadRejectedError(`no work finished within ${stallTimeoutMs} ms`))
  }

  function restartTimer(): void {
    if (queued > 0) stallTimer.restart()
    else stallTimer.stop()
  }

  function restartLaneTimer(lane: Lane): void {
    if (lane.queue.length > 0 && isFull(lane)) lane.stallTimer.restart()
    else lane.stallTimer.stop()
  }

  function markReady(lane: Lane): void {
    if (lane.queue.length > 0 && !isFull(lane)) ready.add(lane)
  }

  function acquire(lane: Lane): Promise<void> {
    if (freeSlots > 0 && !isFull(lane)) {
      freeSlots -= 1
      lane.active += 1
      return Promise.resolve()
    }
    if (queued >= maxQueued || lane.queue.length >= lane.share.maxQueued)
      return Promise.reject(new BulkheadRejectedError(`the queue is full: ${lane.queue.length}`))
    return new Promise((resolve, reject) => {
      lane.queue.push({ start: resolve, reject })
      queued += 1
      if (queued === 1) restartTimer()
      if (lane.queue.length === 1) restartLaneTimer(lane)
      markReady(lane)
    })
  }

  function release(lane: Lane): void {
    freeSlots += 1
    lane.active -= 1
    markReady(lane)
    startNext()
    restartTimer()
    restartLaneTimer(lane)
    keepLane(lane)
  }

  function startNext(): void {
    for (const lane of ready) {
      if (freeSlots === 0) return
      ready.delete(lane)
      const next = lane.queue.shift()
      if (!next) continue
      queued -= 1
      freeSlots -= 1
      lane.active += 1
      next.start()
      // At the end of the order, so that callers take turns.
      markReady(lane)
      restartLaneTimer(lane)
    }
  }

  return {
    get active() {
      return concurrency - freeSlots
    },
    get queued() {
      return queued
    },
    async run(work, caller = null) {
      const lane = findLane(caller)
      const acquired = acquire(lane)
      keepLane(lane)
      await acquired
      try {
        return await work()
      } finally {
        release(lane)
      }
    },
  }
}

function isFull({ active, share }: Lane): boolean {
  return active >= share.concurrency
}
