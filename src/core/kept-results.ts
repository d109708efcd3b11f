import { LRUCache } from 'lru-cache'
import { copyText } from './copied-text.ts'

/**
 * The same function, whose results are kept by their text: for a pure function of a text that most requests
 * call with the same text as the one before. Callers share the results, so they must not change. Bounded; the
 * least recently used result is evicted first. An error is not kept.
 */
export function keepResults<Result extends object | string>(
  max: number,
  compute: (text: string) => Result,
): (text: string) => Result {
  const results = new LRUCache<string, Result>({ max })
  return (text) => {
    const known = results.get(text)
    if (known !== undefined) return known
    const result = compute(text)
    results.set(copyText(text), result)
    return result
  }
}
