import {
  wait,
  type DeviceClock,
  type RandomFraction,
  type TabLock,
  type TokenTextStorage,
} from './platform.ts'

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

/**
 * After work without competition, the lock is taken once more for 100 ms, behind the tabs that wait for it. A
 * tab that asks for it meanwhile has waited, too, and expects a message that can arrive later than the lock.
 */
function createWebLock(locks: LockManager, { clock, key, timeoutMs }: LockOptions): TabLock {
  return async <Result>(work: (hasWaited?: boolean) => Promise<Result>) => {
    let result: Promise<Result> | undefined
    const giveUp = new AbortController()
    const stop = clock.startTimer(2 * timeoutMs, () => giveUp.abort())
    try {
      await locks.request(
        key,
        { ifAvailable: true },
        (lock) => lock && (result = work()).then(() => void locks.request(key, () => wait(clock, 100))),
      )
      if (!result) await locks.request(key, { signal: giveUp.signal }, () => (result = work(true)))
    } catch {
      // The work failed, which its result says; or the browser refused the lock, or did not grant it in time.
    }
    stop()
    return result ?? work()
  }
}
