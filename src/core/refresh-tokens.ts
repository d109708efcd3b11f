import { deriveKey, equalInConstantTime, keyedHash } from './secrets.ts'

/** What a genuine refresh token names. */
export interface RefreshTokenClaims {
  readonly sessionId: string
  /** Which token of the family: it may rotate while the session's counter has this value. */
  readonly counter: number
}

/** Makes and reads opaque refresh tokens. */
export interface RefreshTokens {
  /** The token `sessionId.counter.mac`: always the same for one pair, so a successor can be answered twice. */
  issue(claims: RefreshTokenClaims): string
  /** What the token names, or null when it is not one of ours. */
  read(token: string): RefreshTokenClaims | null
}

const SHAPE = /^([\w-]{24})\.(0|[1-9]\d{0,8})\.([\w-]{43})$/

/**
 * Refresh tokens under a master key; tokens under further ones are accepted, not made. Each session has a 256-bit key of its own, derived from it and the session's id,
 * and a token is that key's MAC over the counter: the database holds nothing a thief could use (ASVS 7.2.3).
 */
export function createRefreshTokens(...masters: readonly [Buffer, ...Buffer[]]): RefreshTokens {
  const mac = (master: Buffer, { sessionId, counter }: RefreshTokenClaims) =>
    keyedHash(deriveKey(master, `refresh/${sessionId}`), String(counter))

  function read(token: string): RefreshTokenClaims | null {
    const [, sessionId, digits, given] = SHAPE.exec(token) ?? []
    if (!sessionId || !digits || !given) return null
    const claims = { sessionId, counter: Number(digits) }
    return masters.some((master) => equalInConstantTime(mac(master, claims), given)) ? claims : null
  }

  return { issue: (claims) => `${claims.sessionId}.${claims.counter}.${mac(masters[0], claims)}`, read }
}
