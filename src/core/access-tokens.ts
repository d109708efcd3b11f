import { SignJWT, errors, jwtVerify, type JWTPayload } from 'jose'
import { MAX_TOKEN_LENGTH, parseCanonicalHeader, normalizeToLowS } from './canonical-token.ts'
import { readClaims, type AccessTokenClaims, type TimedClaims } from './token-claims.ts'
import type { KeySource, TokenKey } from './token-keys.ts'
import { createVerifiedTokenCache } from './verified-token-cache.ts'

/** What a new token is issued for. */
export interface TokenSubject {
  readonly userId: string
  readonly sessionId: string
  readonly tokenId: string
  readonly scope: string
  /** `amr` (RFC 8176); absent for a session without a user's sign-in. */
  readonly amr?: readonly string[]
  /** Lifetime in seconds; at most, and by default, that of every token. */
  readonly lifetime?: number
}

/** Result of a verification. `expired`: genuine, but outside its validity period, past or future. */
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
  /** Tolerated clock difference between nodes, in seconds, 0 to 60. */
  readonly leeway: number
  readonly now: () => number
  /**
   * Combines verifications of signatures that start in one turn of the event loop, so that requests which
   * arrived together are also continued together. Default: each on its own.
   */
  readonly batch?: BatchCalls | undefined
}

/** Turns a function of several calls into one of one call. An `Error` in the results rejects its call. */
export type BatchCalls = <Call, Result>(
  run: (calls: readonly Call[]) => Promise<readonly (Result | Error)[]>,
) => (call: Call) => Promise<Result>

/** Signs and verifies access tokens. */
export interface AccessTokens {
  readonly lifetime: number
  sign(subject: TokenSubject): Promise<string>
  /** Never throws for bad input: every string has a verdict. */
  verify(token: string): Promise<Verdict>
}

/** `typ` of RFC 9068 §2.1. Other tokens issued by the gateway are rejected as access tokens. */
const TYPE = 'at+jwt'
const REQUIRED: readonly string[] = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'sid', 'scope']
const INVALID: Verdict = { kind: 'invalid' }
/**
 * Disables jose's time checks; `toVerdict` does them. A genuine expired token still names the session to sign
 * out of.
 */
const ANY_TIME = { currentDate: new Date(0), clockTolerance: Number.MAX_SAFE_INTEGER }

/** Access tokens of one key set, issuer and audience. */
export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const { keys, issuer, audience, lifetime, leeway, now } = options
  const cache = createVerifiedTokenCache(keys)
  const verifySignature = createSignatureVerification(options)

  async function sign({ userId, sessionId, tokenId, scope, amr, lifetime: own = lifetime }: TokenSubject) {
    const issuedAt = Math.floor(now() / 1000)
    const { algorithm, signing, verification } = keys.current()
    const verifying = verification.get(signing.kid)
    const payload: JWTPayload = {
      sid: sessionId,
      scope,
      ...(amr && { amr }),
      iss: issuer,
      aud: audience,
      sub: userId,
      jti: tokenId,
      iat: issuedAt,
      exp: issuedAt + Math.min(own, lifetime),
    }
    const header = { alg: algorithm, typ: TYPE, kid: signing.kid }
    const signed = await new SignJWT(payload).setProtectedHeader(header).sign(signing.key)
    const token = algorithm === 'ES256' ? normalizeToLowS(signed) : signed
    // Its first use costs no verification. Only what verification would accept is added.
    const claims = token.length <= MAX_TOKEN_LENGTH ? readClaims(payload, lifetime) : null
    if (verifying && claims && toVerdict(claims).kind === 'valid') cache.add(token, claims, verifying)
    return token
  }

  async function verify(token: string): Promise<Verdict> {
    const cached = cache.get(token)
    if (cached) return toVerdict(cached)
    const { algorithm, verification } = keys.current()
    const header = parseCanonicalHeader(token, algorithm)
    if (!header) return INVALID
    const key = verification.get(header.kid) ?? (await keys.refresh()).verification.get(header.kid)
    if (!key) return INVALID
    const payload = await verifySignature({ token, algorithm, key: key.key })
    const claims = payload && readClaims(payload, lifetime)
    if (!claims) return INVALID
    const verdict = toVerdict(claims)
    if (verdict.kind === 'valid') cache.add(token, claims, key)
    return verdict
  }

  // A genuine token outside its validity period still names the session to sign out of: any clock may be
  // wrong.
  function toVerdict({ claims, notBefore }: TimedClaims): Verdict {
    const seconds = now() / 1000
    const isCurrent = seconds < claims.expiresAt + leeway && notBefore <= seconds + leeway
    return { kind: isCurrent ? 'valid' : 'expired', claims }
  }

  return { lifetime, sign, verify }
}

/** A token whose header is canonical, and the key that it names. */
interface SignedToken {
  readonly token: string
  readonly algorithm: string
  readonly key: TokenKey['key']
}

/** The payload of a token whose signature, issuer, audience and type are right; else null. */
function createSignatureVerification({
  issuer,
  audience,
  batch,
}: AccessTokenOptions): (signed: SignedToken) => Promise<JWTPayload | null> {
  async function verify({ token, algorithm, key }: SignedToken): Promise<JWTPayload | null> {
    const algorithms = [algorithm]
    const checks = { algorithms, typ: TYPE, issuer, audience, requiredClaims: [...REQUIRED], ...ANY_TIME }
    try {
      return (await jwtVerify(token, key, checks)).payload
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) return null
      throw error
    }
  }

  const verifyOrError = (signed: SignedToken) => verify(signed).catch((error: Error) => error)
  return batch ? batch((tokens) => Promise.all(tokens.map(verifyOrError))) : verify
}
