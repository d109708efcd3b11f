import { LRUCache } from 'lru-cache'
import type { TimedClaims } from './token-claims.ts'
import type { KeySource, TokenKey } from './token-keys.ts'

/** Most cached tokens; about a kilobyte each. */
const MAX_TOKENS = 10_000

/** Claims of tokens with a verified signature, or one that this node has made. */
export interface VerifiedTokenCache {
  get(token: string): TimedClaims | undefined
  /** Adds a token that `key` verifies, unless the key was removed while the token was verified or signed. */
  add(token: string, claims: TimedClaims, key: TokenKey): void
}

/**
 * Caches verified tokens: a valid signature stays valid, so only the time of a cached token must be checked
 * again. Any change of the keys clears the cache, because a removed key must invalidate its tokens. Bounded;
 * least recently used entries are evicted first.
 */
export function createVerifiedTokenCache(keys: KeySource): VerifiedTokenCache {
  const claimsByToken = new LRUCache<string, TimedClaims>({ max: MAX_TOKENS })
  let knownKeys = keys.current()

  function readCurrent(): LRUCache<string, TimedClaims> {
    const current = keys.current()
    if (current !== knownKeys) claimsByToken.clear()
    knownKeys = current
    return claimsByToken
  }

  return {
    get: (token) => readCurrent().get(token),
    add(token, claims, key) {
      if (keys.current().verification.get(key.kid) === key) readCurrent().set(token, claims)
    },
  }
}
