import { DAY_MS, MINUTE_MS } from '../../../../src/core/duration.ts'
import type { StateStore } from '../../../../src/ports/state-store.ts'

/** A store under test. */
export interface OpenStore {
  readonly store: StateStore
  /** Advances the store's clock, or waits if it uses real time. */
  passTime(ms: number): Promise<void>
  close(): Promise<void>
}

/** A time to live that does not expire during a test. */
export const LONG_MS = MINUTE_MS
/** A time to live that is short enough for a real wait, and does not expire between two calls. */
export const SHORT_MS = 150
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
export const BAD_TTLS = [0, -1, NaN, Infinity, -Infinity, 401 * DAY_MS]
