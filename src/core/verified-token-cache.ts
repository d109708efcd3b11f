import type { JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import type { KeySource, TokenKey } from './token-keys.ts'

/** Most cached tokens; about a kilobyte each. */
const MAX_TOKENS = 10_000

/** Payloads of tokens with a verified signature, or one that this node has made. */
export interface VerifiedTokenCache {
  get(token: string): JWTPayload | undefined
  /** Adds a token that `key` verifies, unless the key was removed while the token was verified or signed. */
  add(token: string, payload: JWTPayload, key: TokenKey): void
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
    add(token, payload, key) {
      if (keys.current().verification.get(key.kid) === key) readCurrent().set(token, payload)
    },
  }
}
