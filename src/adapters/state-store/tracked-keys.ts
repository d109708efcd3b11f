import { LRUCache } from 'lru-cache'

/** Options of the tracked keys. */
export interface TrackedKeysOptions {
  /** Longest time that a value is returned after its read began, in milliseconds; above 0. */
  readonly ttlMs: number
  readonly maxKeys: number
  /** Monotonic milliseconds. */
  readonly monotonic: () => number
}

interface Entry {
  /** Null: the key is absent. */
  readonly value: string | null
  readonly expiresAt: number
}

/**
 * Values of keys of another process, which sends an invalidation after each change. The invalidation and the
 * response to a read arrive by different connections, in any order: a value is stored only if no invalidation
 * of its key arrived while it was being read.
 */
export class TrackedKeys {
  readonly #options: TrackedKeysOptions
  readonly #entries: LRUCache<string, Entry>
  /** The last read of each key that has not ended and that no invalidation has overtaken. */
  readonly #reading = new Map<string, symbol>()

  constructor(options: TrackedKeysOptions) {
    this.#options = options
    this.#entries = new LRUCache<string, Entry>({ max: options.maxKeys })
  }

  /** The values of all keys; null unless all of them are known. */
  find(keys: readonly string[]): readonly (string | null)[] | null {
    const values: (string | null)[] = []
    for (const key of keys) {
      const entry = this.#entries.get(key)
      if (!entry || entry.expiresAt <= this.#options.monotonic()) return null
      values.push(entry.value)
    }
    return values
  }

  /** Runs a read of the keys; the values that no invalidation has overtaken are stored. */
  async read(
    keys: readonly string[],
    load: () => Promise<readonly (string | null)[]>,
  ): Promise<readonly (string | null)[]> {
    const expiresAt = this.#options.monotonic() + this.#options.ttlMs
    const ticket = Symbol('read')
    for (const key of keys) this.#reading.set(key, ticket)
    try {
      const values = await load()
      for (const [index, key] of keys.entries())
        if (this.#reading.get(key) === ticket)
          this.#entries.set(key, { value: values[index] ?? null, expiresAt })
      return values
    } finally {
      for (const key of keys) if (this.#reading.get(key) === ticket) this.#reading.delete(key)
    }
  }

  /** Forgets the values of these keys. */
  invalidate(keys: readonly string[]): void {
    for (const key of keys) {
      this.#entries.delete(key)
      this.#reading.delete(key)
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear()
    this.#reading.clear()
  }
}
