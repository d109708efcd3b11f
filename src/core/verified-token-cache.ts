import type { JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import type { KeySource } from './token-keys.ts'

/** Tokens whose signature is remembered; about a kilobyte each. */
const REMEMBERED = 10_000

/** Payloads of tokens whose signature was found right. */
export interface VerifiedTokenCache {
  get(token: string): JWTPayload | undefined
  add(token: string, payload: JWTPayload): void
}

/**
 * A signature that was found right stays right, so of a remembered token only the time needs judging again. Whenever the
 * keys change all is forgotten: a key that was removed takes its tokens with it. Bounded; the least used go first.
 */
export function createVerifiedTokenCache(keys: KeySource): VerifiedTokenCache {
  const payloads = new LRUCache<string, JWTPayload>({ max: REMEMBERED })
  let known = keys.current()

  function payloadsNow(): LRUCache<string, JWTPayload> {
    const current = keys.current()
    if (current !== known) payloads.clear()
    known = current
    return payloads
  }

  return {
    get: (token) => payloadsNow().get(token),
    add: (token, payload) => void payloadsNow().set(token, payload),
  }
}
