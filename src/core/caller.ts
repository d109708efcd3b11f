import { AuthError, unavailable } from './errors.ts'

/** Facts about the client of a request, as far as the server trusts them. */
export interface ClientFacts {
  /** Address of the peer; null where there is no socket. */
  readonly ipAddress: string | null
  /** The `User-Agent` header, at most 256 characters. */
  readonly userAgent: string | null
  /** The `Accept-Language` header, at most 256 characters. */
  readonly acceptLanguage: string | null
  /** Device token of the request, not yet verified: see `DeviceTokens`. */
  readonly deviceToken: string | null
  /** Id of this request in the log and in masked errors. */
  readonly requestId: string
}

/** Authenticated: the token's signature, its session and its account were all checked for this request. */
export interface SignedInCaller {
  readonly kind: 'signed-in'
  readonly userId: string
  readonly sessionId: string
  /** `jti` of the access token. */
  readonly tokenId: string
  /** Expiry of the access token, in seconds since the Unix epoch. */
  readonly tokenExpiresAt: number
  readonly roles: readonly string[]
  readonly client: ClientFacts
}

/** The request had no token. */
export interface AnonymousCaller {
  readonly kind: 'anonymous'
  readonly client: ClientFacts
}

/** The token was rejected. Public operations proceed; protected ones return UNAUTHENTICATED. */
export interface RefusedCaller {
  readonly kind: 'refused'
  readonly reason: 'TOKEN_EXPIRED' | 'TOKEN_INVALID'
  /**
   * Session of a genuine token when the token has expired or the session has ended. Usable only to end that
   * session.
   */
  readonly endedSessionId: string | null
  readonly client: ClientFacts
}

/**
 * The token is genuine, but no store could confirm its session. Protected operations return
 * SERVICE_UNAVAILABLE.
 */
export interface UnknownCaller {
  readonly kind: 'unknown'
  readonly cause: unknown
  readonly client: ClientFacts
}

/** The caller, established once per request before any resolver runs. */
export type Caller = SignedInCaller | AnonymousCaller | RefusedCaller | UnknownCaller

/** Credentials of a request. `unreadable`: an `Authorization` header that is not one bearer token. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'bearer'; readonly token: string }

/**
 * The caller, if signed in. Throws `UNAUTHENTICATED` with the reason, or `SERVICE_UNAVAILABLE` for an unknown
 * caller.
 */
export function requireSignedIn(caller: Caller): SignedInCaller {
  switch (caller.kind) {
    case 'signed-in':
      return caller
    case 'anonymous':
      throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_MISSING' })
    case 'refused':
      throw new AuthError('UNAUTHENTICATED', { reason: caller.reason })
    case 'unknown':
      throw unavailable(caller.cause)
  }
}
