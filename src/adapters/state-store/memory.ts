import { SECOND_MS } from '../../core/duration.ts'
import { unavailable } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import { assertKey, assertTtl, assertValue, type Count, type StateStore } from '../../ports/state-store.ts'
import { toReservation } from './reservation.ts'

interface Entry {
  readonly value: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** Options of the memory store. */
export interface MemoryStoreOptions {
  readonly now: Clock
  /** Milliseconds between deletions of expired entries. */
  readonly sweepIntervalMs?: number
  /**
   * Most entries. Further ones are rejected with `SERVICE_UNAVAILABLE`, since evicting one could reset a
   * limit.
   */
  readonly maxEntries?: number
}

/**
 * State in the memory of one process, for tests and trials. A plain map, because a cache such as `lru-cache`
 * evicts live entries.
 */
export function createMemoryStore({
  now,
  sweepIntervalMs = 30 * SECOND_MS,
  maxEntries = 500_000,
}: MemoryStoreOptions): StateStore {
  const entries = new Map<string, Entry>()
  let closed = false
  let lastSweep = -Infinity
  const timer = setInterval(sweep, sweepIntervalMs)
  timer.unref()

  function sweep(): void {
    lastSweep = now()
    for (const [key, entry] of entries) if (entry.expiresAt <= now()) entries.delete(key)
  }

  function findLive(key: string): Entry | undefined {
    assertKey(key)
    if (closed) throw unavailable(new Error('the store is closed'))
    const entry = entries.get(key)
    return entry && entry.expiresAt > now() ? entry : undefined
  }

  function put(key: string, entry: Entry): void {
    if (entries.size >= maxEntries && !entries.has(key)) {
      // A sweep visits every entry, so it runs at most once a second.
      if (Math.abs(now() - lastSweep) >= SECOND_MS) sweep()
      if (entries.size >= maxEntries) throw unavailable(new Error(`the store is full: ${maxEntries} entries`))
    }
    entries.set(key, entry)
  }

  function write(key: string, value: string, ttlMs: number): void {
    assertValue(value)
    put(key, { value, expiresAt: now() + assertTtl(ttlMs) })
  }

  async function increment(key: string, windowMs: number): Promise<Count> {
    const window = assertTtl(windowMs)
    const current = findLive(key)
    const count = current ? Number(current.value) + 1 : 1
    if (!Number.isSafeInteger(count)) throw unavailable(new Error('the value is not a counter'))
    const expiresAt = current?.expiresAt ?? now() + window
    put(key, { value: String(count), expiresAt })
    return { count, resetsInMs: expiresAt - now() }
  }

  return {
    get: async (keys) => keys.map((key) => findLive(key)?.value ?? null),
    async set(key, value, ttlMs, options) {
      const current = findLive(key)
      assertTtl(ttlMs)
      assertValue(value)
      if (options?.ifAbsent && current) return false
      write(key, value, ttlMs)
      return true
    },
    async compareAndSet(key, expected, next, ttlMs) {
      const current = findLive(key)
      assertTtl(ttlMs)
      assertValue(next)
      if (current?.value !== expected) return false
      write(key, next, ttlMs)
      return true
    },
    async take(key) {
      const current = findLive(key)
      entries.delete(key)
      return current?.value ?? null
    },
    increment,
    reserve: async (key, { max, windowMs }) => toReservation(await increment(key, windowMs), max),
    async delete(keys) {
      for (const key of keys) if (findLive(key)) entries.delete(key)
    },
    async ping() {
      findLive('ping')
    },
    async close() {
      closed = true
      clearInterval(timer)
      entries.clear()
    },
  }
}
