/** Storage of texts by key, with the methods of `localStorage`; they may be asynchronous. */
export interface TokenTextStorage {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): unknown
  removeItem(key: string): unknown
}

/** Messages to the other tabs of the origin. */
export interface TabChannel {
  post(message: unknown): void
  /** Calls the listener for each message of another tab. Returns the function that stops. */
  listen(listener: (message: unknown) => void): () => void
}

/**
 * Runs `work` while no other tab of the origin runs any. `hasWaited` says that another tab has held the lock
 * meanwhile, whose message and storage entry may arrive later than the lock.
 */
export type TabLock = <Result>(work: (hasWaited?: boolean) => Promise<Result>) => Promise<Result>

/** Time and timers of the device. */
export interface DeviceClock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls `run` once after `ms` milliseconds, or later. Returns the function that cancels it. */
  startTimer(ms: number, run: () => void): () => void
}

/** A number of at least 0 and below 1. */
export type RandomFraction = () => number

/** The clock of the device. In Node.js its timers do not keep the process running. */
export const deviceClock: DeviceClock = {
  now: () => Date.now(),
  startTimer(ms, run) {
    const timer: unknown = setTimeout(run, ms)
    unref(timer)
    return () => clearTimeout(timer as number)
  },
}

/** Waits by a clock. */
export function wait(clock: DeviceClock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.startTimer(ms, resolve))
}

/** Random numbers of the device. */
export function drawFraction(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32
}

/** A storage that lives as long as the page: a reload signs out, unless the refresh token is in a cookie. */
export function createMemoryStorage(): TokenTextStorage {
  const items = new Map<string, string>()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}

/** `localStorage`; null where there is none or the browser blocks it. */
export function openLocalStorage(): TokenTextStorage | null {
  try {
    return (globalThis as { localStorage?: TokenTextStorage }).localStorage ?? null
  } catch {
    return null
  }
}

/** A `BroadcastChannel`; null where there is none or the browser blocks it. */
export function openTabChannel(name: string): TabChannel | null {
  try {
    const channel = new BroadcastChannel(name)
    unref(channel)
    return {
      post: (message) => channel.postMessage(message),
      listen(listener) {
        channel.onmessage = ({ data }) => listener(data)
        return () => channel.close()
      },
    }
  } catch {
    return null
  }
}

function unref(handle: unknown): void {
  ;(handle as { unref?: () => void }).unref?.()
}
