import { createKeyDerivation, equalInConstantTime, keyedHash } from './secrets.ts'

/** Claims of a genuine refresh token. */
export interface RefreshTokenClaims {
  readonly sessionId: string
  /** Generation of the token: it can be rotated while the session's counter has this value. */
  readonly counter: number
}

/** Issues and reads opaque refresh tokens. */
export interface RefreshTokens {
  /** The token `sessionId.counter.mac`. Deterministic, so that a successor can be returned twice. */
  issue(claims: RefreshTokenClaims): string
  /** The claims of the token, or null if it is not genuine. */
  read(token: string): RefreshTokenClaims | null
}

const SHAPE = /^([\w-]{24})\.(0|[1-9]\d{0,8})\.([\w-]{43})$/

/**
 * Refresh tokens under the first master key; tokens under the others are accepted, but not issued. Each
 * session has a 256-bit key derived from the master key and the session id, and a token is that key's MAC
 * over the counter. The database holds nothing that could be used as a token (ASVS 7.2.3). Not
 * random, as in most libraries, because a repeated refresh must return the same successor.
 */
export function createRefreshTokens(...masters: readonly [Buffer, ...Buffer[]]): RefreshTokens {
  const [master, ...others] = masters
  const toMac = (deriveKey: (purpose: string) => Buffer) => (claims: RefreshTokenClaims) =>
    keyedHash(deriveKey(`refresh/${claims.sessionId}`), String(claims.counter))
  const mac = toMac(createKeyDerivation(master))
  const acceptedMacs = [mac, ...others.map((other) => toMac(createKeyDerivation(other)))]

  function read(token: string): RefreshTokenClaims | null {
    const [, sessionId, digits, given] = SHAPE.exec(token) ?? []
    if (!sessionId || !digits || !given) return null
    const claims = { sessionId, counter: Number(digits) }
    return acceptedMacs.some((accepted) => equalInConstantTime(accepted(claims), given)) ? claims : null
  }

  return { issue: (claims) => `${claims.sessionId}.${claims.counter}.${mac(claims)}`, read }
}
