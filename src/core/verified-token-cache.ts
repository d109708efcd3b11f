import type { JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import type { KeySource } from './token-keys.ts'

/** Most cached tokens; about a kilobyte each. */
const MAX_TOKENS = 10_000

/** Payloads of tokens with a verified signature. */
export interface VerifiedTokenCache {
  get(token: string): JWTPayload | undefined
  add(token: string, payload: JWTPayload): void
}

/**
 * Caches verified tokens: a valid signature stays valid, so only the time of a cached token must be checked
 * again. Any change of the keys clears the cache, because a removed key must invalidate its tokens. Bounded;
 * least recently used entries are evicted first.
 */
export function createVerifiedTokenCache(keys: KeySource): VerifiedTokenCache {
  const payloads = new LRUCache<string, JWTPayload>({ max: MAX_TOKENS })
  let knownKeys = keys.current()

  function readCurrent(): LRUCache<string, JWTPayload> {
    const current = keys.current()
    if (current !== knownKeys) payloads.clear()
    knownKeys = current
    return payloads
  }

  return {
    get: (token) => readCurrent().get(token),
    add: (token, payload) => void readCurrent().set(token, payload),
  }
}
