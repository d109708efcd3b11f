import type { JWTPayload } from 'jose'

/**
 * Claims of an access token (RFC 9068 §2.2; `sid`: OpenID Connect Front-Channel Logout §3). No personal data.
 */
export interface AccessTokenClaims {
  readonly userId: string
  /** `sid`: of a session, or of the API key that the token was issued to. */
  readonly sessionId: string
  /** `jti`. */
  readonly tokenId: string
  /** Seconds since the Unix epoch. */
  readonly issuedAt: number
  /** Seconds since the Unix epoch. */
  readonly expiresAt: number
  /** Space-separated scopes. */
  readonly scope: string
  /** `amr` (RFC 8176); empty when the token has none. */
  readonly amr: readonly string[]
}

/** The claims of a token, and when it becomes valid. */
export interface TimedClaims {
  readonly claims: AccessTokenClaims
  /** The later of `iat` and `nbf`, in seconds since the Unix epoch. */
  readonly notBefore: number
}

/**
 * The claims of a payload; null if one is missing or malformed. `lifetime`: longest accepted time from `iat`
 * to `exp`, in seconds. Does not compare them with the current time.
 */
export function readClaims(payload: JWTPayload, lifetime: number): TimedClaims | null {
  const { sub, sid, jti, iat, exp, nbf, scope, aud, amr = [] } = payload
  if (
    typeof sub !== 'string' ||
    typeof sid !== 'string' ||
    typeof jti !== 'string' ||
    typeof scope !== 'string'
  )
    return null
  if (typeof aud !== 'string' || !isTime(iat) || !isTime(exp) || (nbf !== undefined && !isTime(nbf)))
    return null
  if (!isStringList(amr)) return null
  if (exp <= iat || exp - iat > lifetime || ![sid, jti].every(isId)) return null
  const claims = { userId: sub, sessionId: sid, tokenId: jti, issuedAt: iat, expiresAt: exp, scope, amr }
  return { claims, notBefore: Math.max(iat, nbf ?? 0) }
}

/** Accepts our own ids and similar ones. They become part of state store keys, so the alphabet is limited. */
function isId(value: string): boolean {
  return /^[\w-]{1,64}$/.test(value)
}

/** Tokens of an earlier version have no `amr`. */
function isStringList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** A whole, non-negative NumericDate (RFC 7519 §2) that a Date can hold. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 8.64e12
}
