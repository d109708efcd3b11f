import type { AccessTokenClaims, AccessTokens } from '../../core/access-tokens.ts'
import type { ClientFacts } from '../../core/caller.ts'
import { isServiceClient, type ServiceClient } from '../../core/client-secrets.ts'
import type { RefreshTokenClaims, RefreshTokens } from '../../core/refresh-tokens.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Sessions } from '../../ports/sessions.ts'
import { isLiving, type SessionRecords } from '../sessions/session-records.ts'
import type { SessionService } from '../sessions/session-service.ts'

/** What is said of a token that may be used (RFC 7662 §2.2). Times are seconds since the Unix epoch. */
export interface ActiveToken {
  readonly active: true
  readonly token_type: 'Bearer' | 'refresh_token'
  readonly iss: string
  readonly sub: string
  readonly sid: string
  readonly exp: number
  readonly aud?: string
  readonly iat?: number
  readonly jti?: string
  /** Space-separated. */
  readonly scope?: string
  /** RFC 8176. */
  readonly amr?: readonly string[]
}

/** What is said of a token. Why it may not be used is nobody's business: every such token gets the same answer. */
export type Introspection = ActiveToken | { readonly active: false }

/** What telling and ending tokens for other services needs. */
export interface IntrospectionDependencies {
  readonly clients: readonly ServiceClient[]
  readonly accessTokens: AccessTokens
  readonly refreshTokens: RefreshTokens
  readonly records: SessionRecords
  /** SQL, the authority on which counter a session has. */
  readonly sessions: Sessions
  readonly sessionService: SessionService
  readonly now: Clock
  /** `iss` of access tokens. */
  readonly issuer: string
  /** `aud` of access tokens. */
  readonly audience: string
}

const INACTIVE: Introspection = { active: false }

/**
 * Tells other services what stands behind a token, and ends sessions for them. The two kinds of token cannot be mistaken for
 * each other, so nobody needs to be told which one it is: a refresh token is recognised by its shape, before any key is used.
 */
export class IntrospectionService {
  readonly #deps: IntrospectionDependencies

  constructor(deps: IntrospectionDependencies) {
    this.#deps = deps
  }

  /** Whether a service is who it says it is. */
  isClient(id: string, secret: string): boolean {
    return isServiceClient(this.#deps.clients, id, secret)
  }

  /** What the gateway itself would say of the token now. Rejects with `SERVICE_UNAVAILABLE` when a store cannot say. */
  async introspect(token: string): Promise<Introspection> {
    const refresh = this.#deps.refreshTokens.read(token)
    if (refresh) return this.#introspectRefresh(refresh)
    const verdict = await this.#deps.accessTokens.verify(token)
    return verdict.kind === 'valid' ? this.#introspectAccess(verdict.claims) : INACTIVE
  }

  /**
   * Ends the session that a genuine token names, an access token past its end included. Anything else changes nothing and is
   * no error (RFC 7009 §2.2). `clientId`: the service that asks, for the audit. Rejects with `SERVICE_UNAVAILABLE`: revocation is never reported before it holds.
   */
  async revoke(token: string, client: ClientFacts, clientId: string): Promise<void> {
    const sessionId = await this.#toSession(token)
    if (sessionId !== null) await this.#deps.sessionService.endBySession(sessionId, client, clientId)
  }

  async #introspectAccess(claims: AccessTokenClaims): Promise<Introspection> {
    const { records, now, issuer, audience } = this.#deps
    const { userId, sessionId, tokenId, issuedAt, expiresAt, scope, amr } = claims
    // Nodes forgive each other a few seconds; to other services a token past its `exp` is past its end.
    if (expiresAt * 1000 <= now()) return INACTIVE
    const session = await records.find(sessionId, tokenId)
    if (!session || session.userId !== userId) return INACTIVE
    return {
      active: true,
      token_type: 'Bearer',
      scope,
      sub: userId,
      aud: audience,
      iss: issuer,
      exp: expiresAt,
      iat: issuedAt,
      jti: tokenId,
      sid: sessionId,
      ...(amr.length > 0 && { amr }),
    }
  }

  /** Active is the one token that could rotate now; its predecessor is not, grace window or not. Asked in the order that refresh asks. */
  async #introspectRefresh({ sessionId, counter }: RefreshTokenClaims): Promise<Introspection> {
    const { records, sessions, now, issuer } = this.#deps
    if (await records.hasEnded(sessionId)) return INACTIVE
    const standing = await sessions.find(sessionId)
    if (!standing || !isLiving(standing, now()) || standing.session.counter !== counter) return INACTIVE
    const { userId, expiresAt } = standing.session
    const exp = Math.floor(expiresAt.getTime() / 1000)
    return { active: true, token_type: 'refresh_token', sub: userId, sid: sessionId, exp, iss: issuer }
  }

  async #toSession(token: string): Promise<string | null> {
    const refresh = this.#deps.refreshTokens.read(token)
    if (refresh) return refresh.sessionId
    const verdict = await this.#deps.accessTokens.verify(token)
    return verdict.kind === 'invalid' ? null : verdict.claims.sessionId
  }
}
