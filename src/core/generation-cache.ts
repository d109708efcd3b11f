import { LRUCache } from 'lru-cache'

/** Options of a cache. */
export interface GenerationCacheOptions<Value> {
  /** Longest time that a value is returned after its load has begun, in milliseconds; above 0. */
  readonly ttlMs: number
  /** Most bytes of all entries, as `measure` and the keys count them. */
  readonly maxBytes: number
  /** Approximate bytes of a value; above 0. */
  readonly measure: (value: Value) => number
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Called at each read: whether the cache had the value. */
  readonly onRead?: (isHit: boolean) => void
}

/** A value and what it was read under. */
interface Entry<Value> {
  readonly value: Value
  readonly generation: string
  readonly expiresAt: number
}

/** Stores a value whose load began when the function was created. */
export type StoreValue<Value> = (value: Value) => void

/**
 * Values in the memory of this process, each under the generation that was read before the value was. A value
 * is returned only under the same generation, so a change that raised it can never be hidden by the cache;
 * the time to live bounds what a change that raised none can hide. Bounded by bytes: least recently used
 * entries are evicted first.
 */
export class GenerationCache<Value extends object> {
  readonly #options: GenerationCacheOptions<Value>
  readonly #entries: LRUCache<string, Entry<Value>>
  readonly #flights = new Map<string, Promise<Value | null>>()

  constructor(options: GenerationCacheOptions<Value>) {
    this.#options = options
    const { maxBytes, measure } = options
    this.#entries = new LRUCache<string, Entry<Value>>({
      maxSize: maxBytes,
      // One entry must not evict most of the others.
      maxEntrySize: Math.ceil(maxBytes / 16),
      sizeCalculation: ({ value, generation }, key) => 2 * (key.length + generation.length) + measure(value),
    })
  }

  /** The value that was stored under this generation; undefined if there is none or it has expired. */
  get(key: string, generation: string): Value | undefined {
    const { now, onRead } = this.#options
    const entry = this.#entries.get(key)
    const isHit = entry?.generation === generation && entry.expiresAt > now()
    onRead?.(isHit)
    return isHit ? entry.value : undefined
  }

  /**
   * Like `get`, where the generation depends on the value; `readGeneration` returns null if there is none.
   * Counts only a hit, because a key without a value may be one that is never stored: see `countMiss`.
   */
  async find(
    key: string,
    readGeneration: (value: Value) => string | null | Promise<string | null>,
  ): Promise<Value | undefined> {
    const { now, onRead } = this.#options
    const entry = this.#entries.get(key)
    if (!entry || (await readGeneration(entry.value)) !== entry.generation) return undefined
    if (entry.expiresAt <= now()) return undefined
    onRead?.(true)
    return entry.value
  }

  /** Counts a call of `find` that returned no value, although the key is one that is stored. */
  countMiss(): void {
    this.#options.onRead?.(false)
  }

  /** Call it before the value is read; the returned function stores the value. */
  begin(key: string, generation: string): StoreValue<Value> {
    const expiresAt = this.#options.now() + this.#options.ttlMs
    return (value) => void this.#entries.set(key, { value, generation, expiresAt })
  }

  /**
   * The cached value, or the one that `load` returns; null is not stored. Concurrent calls of one key and one
   * generation share a load. A call never joins a load from before a change that ended before the call: that
   * change has given the call another generation.
   */
  async read(key: string, generation: string, load: () => Promise<Value | null>): Promise<Value | null> {
    const cached = this.get(key, generation)
    if (cached !== undefined) return cached
    const flightKey = `${generation} ${key}`
    const flight = this.#flights.get(flightKey)
    if (flight) return flight
    const loading = this.#load(key, generation, load)
    this.#flights.set(flightKey, loading)
    return loading.finally(() => this.#flights.delete(flightKey))
  }

  async #load(key: string, generation: string, load: () => Promise<Value | null>): Promise<Value | null> {
    const store = this.begin(key, generation)
    const value = await load()
    if (value !== null) store(value)
    return value
  }
}
