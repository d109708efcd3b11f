import type { DeviceClock, RandomFraction, TabLock, TokenTextStorage } from './platform.ts'

/** What a lock needs. */
export interface LockOptions {
  /** Name of the lock, and key of the lease. */
  readonly key: string
  readonly storage: TokenTextStorage | null
  readonly clock: DeviceClock
  readonly random: RandomFraction
  /** Longest work, in milliseconds. */
  readonly timeoutMs: number
}

/**
 * The lock of the browser (Web Locks), or else a lease in the storage. A tab that the browser has frozen can
 * hold a lock for hours: after twice the longest work the wait ends and the work runs without the lock. The
 * gateway returns the same tokens to two refreshes at one time.
 */
export function openTabLock(options: LockOptions): TabLock {
  const locks = (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks
  return locks ? createWebLock(locks, options) : createLazyLease(options)
}

/** Loaded where it is needed: pages without TLS and old browsers. */
function createLazyLease(options: LockOptions): TabLock {
  let loading: Promise<TabLock> | undefined
  return async (work) =>
    (await (loading ??= import('./tab-lease.ts').then((part) => part.createLease(options))))(work)
}

function createWebLock(locks: LockManager, { clock, key, timeoutMs }: LockOptions): TabLock {
  return async <Result>(work: (hasWaited?: boolean) => Promise<Result>) => {
    let result: Promise<Result> | undefined
    const request = (options: Parameters<typeof locks.request>[1]) =>
      locks.request(key, options, (lock) => lock && (result = work('signal' in options)))
    const giveUp = new AbortController()
    const stop = clock.startTimer(2 * timeoutMs, () => giveUp.abort())
    try {
      await request({ ifAvailable: true })
      if (!result) await request({ signal: giveUp.signal })
    } catch {
      // The work failed, which its result says; or the browser refused the lock, or did not grant it in time.
    }
    stop()
    return result ?? work()
  }
}
