import { SignJWT, errors, jwtVerify, type JWTPayload } from 'jose'
import { createVerifiedTokenCache } from './verified-token-cache.ts'
import type { KeySource } from './token-keys.ts'
import { parseCanonicalHeader, normalizeToLowS } from './canonical-token.ts'

/** What an access token says (RFC 9068 §2.2, with `sid` of OpenID Connect Front-Channel Logout §3). No personal data. */
export interface AccessTokenClaims {
  readonly userId: string
  readonly sessionId: string
  /** `jti`. */
  readonly tokenId: string
  /** Seconds since the Unix epoch. */
  readonly issuedAt: number
  /** Seconds since the Unix epoch. */
  readonly expiresAt: number
  /** Space-separated scopes. */
  readonly scope: string
  /** `amr` (RFC 8176); empty for a token that says nothing of it. */
  readonly amr: readonly string[]
}

/** Whom a token is made for. */
export interface TokenSubject {
  readonly userId: string
  readonly sessionId: string
  readonly tokenId: string
  readonly scope: string
  /** `amr` (RFC 8176); left out where no person signed in. */
  readonly amr?: readonly string[]
}

/** What came of a verification. `expired` is genuine in everything but its time, which is over or has not come. */
export type Verdict =
  | { readonly kind: 'valid'; readonly claims: AccessTokenClaims }
  | { readonly kind: 'expired'; readonly claims: AccessTokenClaims }
  | { readonly kind: 'invalid' }

/** Settings of the token service. */
export interface AccessTokenOptions {
  readonly keys: KeySource
  /** `iss`. */
  readonly issuer: string
  /** `aud`. */
  readonly audience: string
  /** Lifetime in seconds. */
  readonly lifetime: number
  /** Clock difference between nodes that is forgiven, in seconds, 0 to 60. */
  readonly leeway: number
  readonly now: () => number
}

/** Signs and verifies access tokens. */
export interface AccessTokens {
  readonly lifetime: number
  sign(subject: TokenSubject): Promise<string>
  /** Never throws for bad input: any string has a verdict. */
  verify(token: string): Promise<Verdict>
}

/** `typ` of RFC 9068 §2.1: no other kind of token of ours passes for an access token. */
const TYPE = 'at+jwt'
const REQUIRED = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'sid', 'scope']
const INVALID: Verdict = { kind: 'invalid' }
/** The times are ours to judge: a genuine token past its end still names the session to sign out of. */
const ANY_TIME = { currentDate: new Date(0), clockTolerance: Number.MAX_SAFE_INTEGER }

/** Access tokens of one key set, issuer and audience. */
export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const { keys, issuer, audience, lifetime, leeway, now } = options
  const remembered = createVerifiedTokenCache(keys)
  async function sign({ userId, sessionId, tokenId, scope, amr }: TokenSubject) {
    const issuedAt = Math.floor(now() / 1000)
    const { algorithm, signing } = keys.current()
    const token = await new SignJWT({ sid: sessionId, scope, ...(amr && { amr }) })
      .setProtectedHeader({ alg: algorithm, typ: TYPE, kid: signing.kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(userId)
      .setJti(tokenId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetime)
      .sign(signing.key)
    return algorithm === 'ES256' ? normalizeToLowS(token) : token
  }

  async function verify(token: string): Promise<Verdict> {
    const known = remembered.get(token)
    if (known) return judge(known)
    const { algorithm, verification } = keys.current()
    const header = parseCanonicalHeader(token, algorithm)
    if (!header) return INVALID
    const key = verification.get(header.kid) ?? (await keys.renewed()).verification.get(header.kid)
    if (!key) return INVALID
    const checks = { algorithms: [algorithm], typ: TYPE, issuer, audience, requiredClaims: REQUIRED }
    try {
      const { payload } = await jwtVerify(token, key.key, { ...checks, ...ANY_TIME })
      const verdict = judge(payload)
      if (verdict.kind === 'valid' && keys.current().verification.get(header.kid) === key)
        remembered.add(token, payload)
      return verdict
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) return INVALID
      throw error
    }
  }

  function judge(payload: JWTPayload): Verdict {
    const { sub, sid, jti, iat, exp, nbf, scope, aud, amr = [] } = payload
    if (
      typeof sub !== 'string' ||
      typeof sid !== 'string' ||
      typeof jti !== 'string' ||
      typeof scope !== 'string'
    )
      return INVALID
    if (typeof aud !== 'string' || !isTime(iat) || !isTime(exp) || (nbf !== undefined && !isTime(nbf)))
      return INVALID
    if (!isWordList(amr)) return INVALID
    const seconds = now() / 1000
    if (exp <= iat || exp - iat > lifetime || ![sid, jti].every(isId)) return INVALID
    const claims = { userId: sub, sessionId: sid, tokenId: jti, issuedAt: iat, expiresAt: exp, scope, amr }
    // Before its time, as after it, a genuine token still names the session to sign out of: a clock may be wrong, ours or another's.
    const isNow = seconds < exp + leeway && Math.max(iat, nbf ?? 0) <= seconds + leeway
    return { kind: isNow ? 'valid' : 'expired', claims }
  }

  return { lifetime, sign, verify }
}

/** What our own ids look like, with room for others': keys of the state store are made of them. */
function isId(value: string): boolean {
  return /^[\w-]{1,64}$/.test(value)
}

/** Tokens of an earlier version have no `amr`; one that is something else was not made here. */
function isWordList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string')
}

/** A whole, non-negative NumericDate (RFC 7519 §2) that a Date can hold. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 8.64e12
}
