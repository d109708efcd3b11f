import { DAY_MS } from '../core/duration.ts'

/** The state of a counter after an increment. */
export interface Count {
  /** Value after this increment; the value 1 opens the window. */
  readonly count: number
  /** Milliseconds until the window ends and counting restarts. */
  readonly resetsInMs: number
}

/** The outcome of a reservation. */
export interface Reservation {
  /** Whether this call is among the first `max` of the window. */
  readonly granted: boolean
  /** Places left in the window after this call; never negative. */
  readonly remaining: number
  /** Milliseconds until the window ends. */
  readonly resetsInMs: number
}

/**
 * Short-lived state that all nodes share: session records, one-time codes, counters.
 *
 * Every method is one atomic step on its backend, and none needs a read before it. Every key expires.
 * When the backend fails, exceeds its time limit or returns an invalid response, the method rejects with
 * `AuthError('SERVICE_UNAVAILABLE')`, so that a caller never confuses a failure with an absent key.
 * A key, value or time to live outside the stated ranges is a bug and throws `RangeError` on every adapter
 * (see `assertKey`, `assertValue`, `assertTtl`).
 */
export interface StateStore {
  /** The values of the keys in the given order, `null` for each absent or expired key; one round trip. */
  get(keys: readonly string[]): Promise<(string | null)[]>
  /**
   * Sets a value for `ttlMs`; with `ifAbsent` only if the key is absent or expired. True when the value was
   * set.
   */
  set(key: string, value: string, ttlMs: number, options?: { readonly ifAbsent: boolean }): Promise<boolean>
  /**
   * Replaces the value only if it equals `expected`, and renews its time to live. True for the one caller
   * that replaces.
   */
  compareAndSet(key: string, expected: string, next: string, ttlMs: number): Promise<boolean>
  /**
   * Removes the key and returns its value. Of concurrent callers exactly one gets it, the others get `null`.
   */
  take(key: string): Promise<string | null>
  /** Adds one. The window opens at the first increment, lasts `windowMs` and never slides. */
  increment(key: string, windowMs: number): Promise<Count>
  /** Claims one of `max` places in a window that opens at the first claim and never slides. */
  reserve(key: string, limit: { readonly max: number; readonly windowMs: number }): Promise<Reservation>
  /** Removes the keys; absent keys are allowed. */
  delete(keys: readonly string[]): Promise<void>
  /** Resolves when the backend responds. */
  ping(): Promise<void>
  /** Closes connections and timers; calling it twice is allowed. */
  close(): Promise<void>
}

/** Maximum length of a key in UTF-16 units. Callers hash user input, so their keys are short. */
export const MAX_KEY_LENGTH = 512
/** Maximum time to live: 400 days. Adapters handle the smaller limits of their backends. */
export const MAX_TTL_MS = 400 * DAY_MS

/** Throws `RangeError` unless the key is 1 to 512 units of well-formed text without U+0000. */
export function assertKey(key: string): void {
  if (key.length === 0 || key.length > MAX_KEY_LENGTH || !isStorable(key))
    throw new RangeError('state key out of range')
}

/**
 * Throws `RangeError` unless the value is well-formed text without U+0000, which some databases cannot store.
 */
export function assertValue(value: string): void {
  if (!isStorable(value)) throw new RangeError('state value out of range')
}

/**
 * Returns the duration in whole milliseconds, rounded up. Throws `RangeError` unless it is above zero and at
 * most 400 days.
 */
export function assertTtl(ttlMs: number): number {
  if (!(ttlMs > 0 && ttlMs <= MAX_TTL_MS)) throw new RangeError('time to live out of range')
  return Math.ceil(ttlMs)
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
