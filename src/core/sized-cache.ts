import { LRUCache } from 'lru-cache'

/** Values in the memory of this process, bounded by their size. */
export interface SizedCache<Value> {
  get(key: string): Value | undefined
  /** Evicts the least recently used values. A value that would take a sixteenth of the cache is not added. */
  set(key: string, value: Value): void
  delete(key: string): void
}

/** `maxBytes`: of all values. `measure`: approximate bytes of a value with what it refers to; above 0. */
export function createSizedCache<Value extends object>(
  maxBytes: number,
  measure: (value: Value) => number,
): SizedCache<Value> {
  const values = new LRUCache<string, Value>({
    maxSize: maxBytes,
    maxEntrySize: Math.floor(maxBytes / 16),
    sizeCalculation: measure,
  })
  return {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    delete: (key) => void values.delete(key),
  }
}
