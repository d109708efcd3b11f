import { unavailable } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import { assertKey, assertTtl, assertValue, type Count, type StateStore } from '../../ports/state-store.ts'
import { toReservation } from './reservation.ts'

interface Entry {
  readonly value: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** What the store needs. */
export interface MemoryStoreOptions {
  readonly now: Clock
  /** Bounds how long ended entries take up memory. */
  readonly sweepEveryMs?: number
  /** Living entries; one more is refused with `SERVICE_UNAVAILABLE`, since to forget one would be to forget a limit or a code. */
  readonly maxEntries?: number
}

/** State of one process, gone with it: for tests and single-process trials. */
export function createMemoryStore({
  now,
  sweepEveryMs = 30_000,
  maxEntries = 500_000,
}: MemoryStoreOptions): StateStore {
  const entries = new Map<string, Entry>()
  let closed = false
  let sweptAt = -Infinity
  const timer = setInterval(sweep, sweepEveryMs)
  timer.unref()

  function sweep(): void {
    sweptAt = now()
    for (const [key, entry] of entries) if (entry.expiresAt <= now()) entries.delete(key)
  }

  function living(key: string): Entry | undefined {
    assertKey(key)
    if (closed) throw unavailable(new Error('the store is closed'))
    const entry = entries.get(key)
    return entry && entry.expiresAt > now() ? entry : undefined
  }

  function put(key: string, entry: Entry): void {
    if (entries.size >= maxEntries && !entries.has(key)) {
      // A sweep looks at every entry: not with each request.
      if (Math.abs(now() - sweptAt) >= 1000) sweep()
      if (entries.size >= maxEntries) throw unavailable(new Error(`the store holds ${maxEntries} entries`))
    }
    entries.set(key, entry)
  }

  function write(key: string, value: string, ttlMs: number): void {
    assertValue(value)
    put(key, { value, expiresAt: now() + assertTtl(ttlMs) })
  }

  async function increment(key: string, windowMs: number): Promise<Count> {
    const window = assertTtl(windowMs)
    const open = living(key)
    const count = open ? Number(open.value) + 1 : 1
    if (!Number.isSafeInteger(count)) throw unavailable(new Error('the value is not a counter'))
    const expiresAt = open?.expiresAt ?? now() + window
    put(key, { value: String(count), expiresAt })
    return { count, resetsInMs: expiresAt - now() }
  }

  return {
    get: async (keys) => keys.map((key) => living(key)?.value ?? null),
    async set(key, value, ttlMs, options) {
      const standing = living(key)
      assertTtl(ttlMs)
      assertValue(value)
      if (options?.ifAbsent && standing) return false
      write(key, value, ttlMs)
      return true
    },
    async compareAndSet(key, expected, next, ttlMs) {
      const standing = living(key)
      assertTtl(ttlMs)
      assertValue(next)
      if (standing?.value !== expected) return false
      write(key, next, ttlMs)
      return true
    },
    async take(key) {
      const standing = living(key)
      entries.delete(key)
      return standing?.value ?? null
    },
    increment,
    reserve: async (key, { max, windowMs }) => toReservation(await increment(key, windowMs), max),
    async delete(keys) {
      for (const key of keys) if (living(key)) entries.delete(key)
    },
    async ping() {
      living('ping')
    },
    async close() {
      closed = true
      clearInterval(timer)
      entries.clear()
    },
  }
}
