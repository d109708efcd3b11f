import { LRUCache } from 'lru-cache'
import { keyedHash } from './secrets.ts'

/** The key of a limit and a subject in the state store. */
export type ToLimitKey = (name: string, subject: readonly string[]) => string

/** Most keys that are kept in memory; some hundred bytes each. */
const MAX_KEYS = 10_000

/**
 * Keys contain a MAC of the subject, never the address itself. They are kept by subject, so that a caller
 * that returns costs no MAC. Bounded; least recently used keys are evicted first.
 */
export function createLimitKeys(hashKey: Buffer): ToLimitKey {
  const keys = new LRUCache<string, string>({ max: MAX_KEYS })
  return (name, subject) => {
    const text = JSON.stringify([name, ...subject])
    const known = keys.get(text)
    if (known !== undefined) return known
    const key = `limit:${name}:${keyedHash(hashKey, 'limit', name, ...subject)}`
    keys.set(text, key)
    return key
  }
}
