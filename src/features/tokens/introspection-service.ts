import type { AccessTokens } from '../../core/access-tokens.ts'
import { isApiKeyId } from '../../core/api-key-secrets.ts'
import type { ClientFacts } from '../../core/caller.ts'
import { isServiceClient, type ServiceClient } from '../../core/client-secrets.ts'
import type { RefreshTokenClaims, RefreshTokens } from '../../core/refresh-tokens.ts'
import type { AccessTokenClaims } from '../../core/token-claims.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Sessions } from '../../ports/sessions.ts'
import type { SessionRecords } from '../sessions/session-records.ts'
import { isActive } from '../sessions/session-status.ts'
import type { SessionService } from '../sessions/session-service.ts'

/** The introspection response for an active token (RFC 7662 §2.2). Times are seconds since the Unix epoch. */
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

/** The introspection response. It does not say why a token is not active. */
export type Introspection = ActiveToken | { readonly active: false }

/** Dependencies of introspection and revocation. */
export interface IntrospectionDependencies {
  readonly clients: readonly ServiceClient[]
  readonly accessTokens: AccessTokens
  readonly refreshTokens: RefreshTokens
  readonly records: SessionRecords
  /** The authority on the refresh counter of a session. */
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
 * Token introspection and revocation for other services. Refresh tokens are recognised by their form before
 * any key is used, so a type hint is not needed.
 */
export class IntrospectionService {
  readonly #deps: IntrospectionDependencies

  constructor(deps: IntrospectionDependencies) {
    this.#deps = deps
  }

  /** Whether the credentials are those of a configured client. */
  isClient(id: string, secret: string): boolean {
    return isServiceClient(this.#deps.clients, id, secret)
  }

  /**
   * Whether the gateway would accept the token now. Rejects with `SERVICE_UNAVAILABLE` when a store fails.
   */
  async introspect(token: string): Promise<Introspection> {
    const refresh = this.#deps.refreshTokens.read(token)
    if (refresh) return this.#introspectRefresh(refresh)
    const verdict = await this.#deps.accessTokens.verify(token)
    return verdict.kind === 'valid' ? this.#introspectAccess(verdict.claims) : INACTIVE
  }

  /**
   * Revokes the session of a genuine token, even of an expired access token; of an API key only the token, as
   * its owner revokes the key. Any other text changes nothing and is no error (RFC 7009 §2.2). `clientId`:
   * the client service, for the audit event. Rejects with `SERVICE_UNAVAILABLE` when a store fails: a
   * revocation is never reported before it holds.
   */
  async revoke(token: string, client: ClientFacts, clientId: string): Promise<void> {
    const { refreshTokens, accessTokens, records, sessionService } = this.#deps
    const refresh = refreshTokens.read(token)
    if (refresh) return sessionService.revokeForClient(refresh.sessionId, client, clientId)
    const verdict = await accessTokens.verify(token)
    if (verdict.kind === 'invalid') return
    const { sessionId, tokenId } = verdict.claims
    if (isApiKeyId(sessionId)) return records.blacklist(sessionId, tokenId)
    return sessionService.revokeForClient(sessionId, client, clientId)
  }

  async #introspectAccess(claims: AccessTokenClaims): Promise<Introspection> {
    const { records, now, issuer, audience } = this.#deps
    const { userId, sessionId, tokenId, issuedAt, expiresAt, scope, amr } = claims
    // Nodes accept a few seconds of clock difference; for other services a token ends at its `exp`.
    if (expiresAt * 1000 <= now()) return INACTIVE
    const session = await records.find(sessionId, tokenId, userId)
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

  /**
   * Active is only the token that could rotate now; the previous one is not, even within the grace window.
   * The stores are read in the same order as by a refresh.
   */
  async #introspectRefresh({ sessionId, counter }: RefreshTokenClaims): Promise<Introspection> {
    const { records, sessions, now, issuer } = this.#deps
    if (await records.hasEnded(sessionId)) return INACTIVE
    const status = await sessions.find(sessionId)
    if (!status || !isActive(status, now()) || status.session.counter !== counter) return INACTIVE
    const { userId, expiresAt } = status.session
    const exp = Math.floor(expiresAt.getTime() / 1000)
    return { active: true, token_type: 'refresh_token', sub: userId, sid: sessionId, exp, iss: issuer }
  }
}
