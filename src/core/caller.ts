import { AuthError, unavailable } from './errors.ts'

/** Where a request came from, as far as the server believes it. */
export interface ClientFacts {
  /** Address of the peer; null where there is no socket. */
  readonly ipAddress: string | null
  /** The `User-Agent` header, at most 256 characters. */
  readonly userAgent: string | null
  /** The `Accept-Language` header, at most 256 characters. */
  readonly acceptLanguage: string | null
  /** What the request says of its device, unproven: `DeviceTokens` can tell. */
  readonly deviceToken: string | null
  /** Name of this request in the log and in masked errors. */
  readonly requestId: string
}

/** Proven: the token's signature, its session and its account were all checked for this request. */
export interface SignedInCaller {
  readonly kind: 'signed-in'
  readonly userId: string
  readonly sessionId: string
  /** `jti` of the access token. */
  readonly tokenId: string
  /** Seconds since the Unix epoch at which the access token ends. */
  readonly tokenExpiresAt: number
  readonly roles: readonly string[]
  readonly client: ClientFacts
}

/** No token came with the request. */
export interface AnonymousCaller {
  readonly kind: 'anonymous'
  readonly client: ClientFacts
}

/** A token came and was refused. Public operations go on; protected ones answer UNAUTHENTICATED. */
export interface RefusedCaller {
  readonly kind: 'refused'
  readonly reason: 'TOKEN_EXPIRED' | 'TOKEN_INVALID'
  /** Session named by a genuine token that is past its end, or whose session is: good for ending that session, for nothing else. */
  readonly endedSessionId: string | null
  readonly client: ClientFacts
}

/** A genuine token came, but the stores could not say whether its session lives. Protected operations answer SERVICE_UNAVAILABLE. */
export interface UnknownCaller {
  readonly kind: 'unknown'
  readonly cause: unknown
  readonly client: ClientFacts
}

/** Who is calling: decided once per request, before any resolver runs. */
export type Caller = SignedInCaller | AnonymousCaller | RefusedCaller | UnknownCaller

/** What a request says of its caller. `unreadable`: an `Authorization` header that is not one bearer token. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'bearer'; readonly token: string }

/** The caller, if signed in; throws `UNAUTHENTICATED` with the reason, or `SERVICE_UNAVAILABLE` when the stores cannot say. */
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
