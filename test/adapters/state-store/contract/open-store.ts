import type { StateStore } from '../../../../src/ports/state-store.ts'

/** A store under test. */
export interface OpenStore {
  readonly store: StateStore
  /** Lets time pass for the store: a clock moved by hand, or a real wait. */
  passTime(ms: number): Promise<void>
  close(): Promise<void>
}

/** A day in milliseconds. */
export const DAY = 24 * 3600_000
/** A time to live that does not end during a test, in milliseconds. */
export const LONG = 60_000
/** Short enough to be waited for where time is real, long enough not to end on the way. */
export const SHORT = 150
let keys = 0
export const newKey = (name = 'key') => `${name}-${(keys += 1)}`
export const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

export const ODD_TEXTS = [
  'with space',
  'line\r\nbreak',
  '*',
  '{tag}',
  '{a}{b}',
  'ключ',
  '열쇠',
  '🔑👩‍👩‍👧',
  'a:b:c',
  '"',
  "'; DROP TABLE x; --",
  '%s%n',
  '\u2028',
  '\u0001',
  'é',
  'é',
  '__proto__',
]
export const UNSTORABLE = ['nul \0 inside', 'lone \ud800 surrogate']
export const BAD_TTLS = [0, -1, NaN, Infinity, -Infinity, 401 * DAY]
