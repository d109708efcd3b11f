/** What a counter says after it was raised. */
export interface Count {
  /** Value after this increment; 1 opens the window. */
  readonly count: number
  /** Milliseconds until the window closes and counting starts again. */
  readonly resetsInMs: number
}

/** What came of a reservation. */
export interface Reservation {
  /** Whether this caller is among the `max` of the window. */
  readonly granted: boolean
  /** Places left in the window after this call; never negative. */
  readonly remaining: number
  /** Milliseconds until the window closes. */
  readonly resetsInMs: number
}

/**
 * Short-lived state that every node shares: session records, one-time codes, counters.
 *
 * Every verb is one atomic step on its backend; none needs a read before it. Every key ends.
 * A backend that fails, hangs past its time limit or answers nonsense makes the verb reject with
 * `AuthError('SERVICE_UNAVAILABLE')`: a caller never mistakes a failure for an absence.
 * A key, value or time to live outside the stated ranges is a bug and throws `RangeError`
 * (see `assertKey`, `assertValue`, `assertTtl`), alike on every adapter.
 */
export interface StateStore {
  /** Values of the living keys in the order asked, `null` for each absent or ended one; one round trip. */
  get(keys: readonly string[]): Promise<(string | null)[]>
  /** Writes a value for `ttlMs`. With `ifAbsent` it writes only where no living value stands. True when written. */
  set(key: string, value: string, ttlMs: number, options?: { readonly ifAbsent: boolean }): Promise<boolean>
  /** Replaces the value only where it is exactly `expected`, and renews its time to live. True for the one winner. */
  compareAndSet(key: string, expected: string, next: string, ttlMs: number): Promise<boolean>
  /** Removes the key and returns its value: exactly one of many takers gets it, the others get `null`. */
  take(key: string): Promise<string | null>
  /** Adds one. The window opens at the first increment, lasts `windowMs` and never slides. */
  increment(key: string, windowMs: number): Promise<Count>
  /** Claims one of `max` places in a window that opens at the first claim and never slides. */
  reserve(key: string, limit: { readonly max: number; readonly windowMs: number }): Promise<Reservation>
  /** Removes the keys; absent ones are fine. */
  delete(keys: readonly string[]): Promise<void>
  /** Resolves when the backend answers. */
  ping(): Promise<void>
  /** Lets go of connections and timers; calling it twice is fine. */
  close(): Promise<void>
}

/** Longest key in UTF-16 units. Callers hash user input, so their keys are short. */
export const MAX_KEY_LENGTH = 512
/** Longest time to live: 400 days. Memcached's 30-day trap and number overflow are the adapters' business below it. */
export const MAX_TTL_MS = 400 * 24 * 3600 * 1000

/** Throws `RangeError` unless the key is 1 to 512 units of well-formed text without U+0000. */
export function assertKey(key: string): void {
  if (key.length === 0 || key.length > MAX_KEY_LENGTH || !isStorable(key))
    throw new RangeError('state key out of range')
}

/** Throws `RangeError` unless the value is well-formed text without U+0000 (PostgreSQL cannot hold that character). */
export function assertValue(value: string): void {
  if (!isStorable(value)) throw new RangeError('state value out of range')
}

/** Throws `RangeError` unless the duration is above zero and at most 400 days; a fraction of a millisecond rounds up. */
export function assertTtl(ttlMs: number): number {
  if (!(ttlMs > 0 && ttlMs <= MAX_TTL_MS)) throw new RangeError('time to live out of range')
  return Math.ceil(ttlMs)
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}
