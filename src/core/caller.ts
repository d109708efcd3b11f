import type { User } from './account.ts'
import { AuthError, unavailable } from './errors.ts'
import type { RequiredScope } from './scopes.ts'

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
  /** Token of a registration by this client, not yet verified: see `RegistrationProofs`. */
  readonly registrationToken: string | null
  /** Id of this request in the log and in masked errors. */
  readonly requestId: string
}

/**
 * Generations that were read with the session of a request: a value that was cached under another one is out
 * of date. See `Generations`.
 */
export interface CallerGenerations {
  /** Of all posts; null: posts must be read from the database. */
  readonly posts: () => Promise<string | null>
}

/** What is known of every caller that acts for an account. */
interface AccountFacts {
  readonly userId: string
  /** `jti` of the access token. */
  readonly tokenId: string
  /** Expiry of the access token, in seconds since the Unix epoch. */
  readonly tokenExpiresAt: number
  readonly roles: readonly string[]
  /** The account when the caller was identified, read for this request or as current as that. */
  readonly account: User
  readonly generations: CallerGenerations
  readonly client: ClientFacts
}

/** Authenticated: the token's signature, its session and its account were all checked for this request. */
export interface SignedInCaller extends AccountFacts {
  readonly kind: 'signed-in'
  readonly sessionId: string
}

/**
 * A program with the token of an API key: the token's signature, the key and the account were all checked for
 * this request. It acts for the account without its roles: `roles` is empty.
 */
export interface ProgramCaller extends AccountFacts {
  readonly kind: 'program'
  readonly apiKeyId: string
  /** Scopes of the token. */
  readonly scopes: readonly string[]
}

/** A caller that acts for an account: its owner in a session, or a program. */
export type AccountCaller = SignedInCaller | ProgramCaller

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
export type Caller = AccountCaller | AnonymousCaller | RefusedCaller | UnknownCaller

/** Credentials of a request. `unreadable`: an `Authorization` header that is not one bearer token. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'bearer'; readonly token: string }

/**
 * The caller, if signed in. Throws `UNAUTHENTICATED` with the reason, `FORBIDDEN` for a program, or
 * `SERVICE_UNAVAILABLE` for an unknown caller.
 */
export function requireSignedIn(caller: Caller): SignedInCaller {
  const known = requireAccount(caller)
  if (known.kind === 'program') throw new AuthError('FORBIDDEN', { reason: 'SESSION_REQUIRED' })
  return known
}

/**
 * The caller, if it acts for an account. The scopes of a program are not checked here: see `requireScope`.
 * Throws `UNAUTHENTICATED` with the reason, or `SERVICE_UNAVAILABLE` for an unknown caller.
 */
export function requireAccount(caller: Caller): AccountCaller {
  switch (caller.kind) {
    case 'signed-in':
    case 'program':
      return caller
    case 'anonymous':
      throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_MISSING' })
    case 'refused':
      throw new AuthError('UNAUTHENTICATED', { reason: caller.reason })
    case 'unknown':
      throw unavailable(caller.cause)
  }
}

/**
 * Throws `FORBIDDEN` if the caller is a program without the scope, with the name of the scope (RFC 6750
 * §3.1). A session has no bound but its account.
 */
export function requireScope(caller: Caller, scope: RequiredScope): void {
  if (caller.kind !== 'program') return
  // First: an operator may declare a scope of this name for another service.
  if (scope === 'session') throw new AuthError('FORBIDDEN', { reason: 'SESSION_REQUIRED' })
  if (!caller.scopes.includes(scope))
    throw new AuthError('FORBIDDEN', { reason: 'INSUFFICIENT_SCOPE', scope })
}
