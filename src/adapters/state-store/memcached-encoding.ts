import { createHash } from 'node:crypto'
import { DAY_MS, SECOND_MS } from '../../core/duration.ts'

/** A decoded item. */
export interface DecodedItem {
  readonly value: string
  /** Milliseconds since the epoch; Memcached itself counts whole seconds. */
  readonly expiresAt: number
  readonly isCounter: boolean
}

/** Memcached takes a longer time to live for a Unix time (protocol.txt, expiration times). */
const MAX_RELATIVE_MS = 30 * DAY_MS
/** Seconds that an item is kept longer than it is valid: Memcached may expire it up to a second early. */
const MARGIN_SECONDS = 2
/** Counters hold the end of their window, in milliseconds since 2020, times this, and the count. */
const COUNT_SPACE = 10_000_000n
const COUNTER_EPOCH = 1_577_836_800_000
/** Counts above this are rejected long before they would run into the time. */
const MAX_COUNT = 9_000_000

/**
 * The key of an item: at most 250 bytes without white space and control characters, which a key of the store
 * may have. A hash, so that input neither chooses the key nor ends a line of the protocol.
 */
export function encodeKey(prefix: string, key: string): string {
  return `${prefix}:${createHash('sha256').update(key).digest('base64url')}`
}

/** The data of a value. */
export function encodeValue(value: string, expiresAt: number): string {
  return `v${expiresAt.toString(36)} ${value}`
}

/** The data of a counter: one number, which Memcached increments, with the end of the window. */
export function encodeCounter(count: number, expiresAt: number): string {
  return String(BigInt(expiresAt - COUNTER_EPOCH) * COUNT_SPACE + BigInt(count))
}

/** The item of some data. Throws for data that this store has not written, and for a counter that is full. */
export function decodeItem(data: string): DecodedItem {
  if (/^\d+$/.test(data)) {
    const number = BigInt(data)
    const count = Number(number % COUNT_SPACE)
    if (count > MAX_COUNT) throw new RangeError('the counter is full')
    const expiresAt = Number(number / COUNT_SPACE) + COUNTER_EPOCH
    return { value: String(count), expiresAt, isCounter: true }
  }
  const end = data.indexOf(' ')
  const expiresAt = parseInt(data.slice(1, end), 36)
  if (!data.startsWith('v') || !Number.isSafeInteger(expiresAt))
    throw new Error('the item is of another program')
  return { value: data.slice(end + 1), expiresAt, isCounter: false }
}

/** The expiration time of Memcached for a time to live: seconds from now, or a Unix time. */
export function toExpirationTime(ttlMs: number, now: number): number {
  const seconds = Math.ceil(ttlMs / SECOND_MS) + MARGIN_SECONDS
  return seconds * SECOND_MS < MAX_RELATIVE_MS ? seconds : Math.floor(now / SECOND_MS) + seconds
}
