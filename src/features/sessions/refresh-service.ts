import type { ClientFacts } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { RefreshTokenClaims, RefreshTokens } from '../../core/refresh-tokens.ts'
import type { Clock } from '../../ports/clock.ts'
import type { SessionStatus, Sessions } from '../../ports/sessions.ts'
import type { Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { LimitService } from '../limits/limit-service.ts'
import { LIMITS } from '../limits/limits.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import { toRecipient } from '../notifications/notification.ts'
import type { SessionIssuer, SignIn } from './session-issuer.ts'
import { describeOrigin } from './notification-origin.ts'
import type { SessionRecords } from './session-records.ts'
import { hasEnded, isActive } from './session-status.ts'

/** Dependencies of the refresh. */
export interface RefreshDependencies {
  readonly sessions: Sessions
  readonly users: Users
  readonly records: SessionRecords
  readonly refreshTokens: RefreshTokens
  readonly limits: LimitService
  readonly issuer: SessionIssuer
  readonly audit: AuditService
  readonly notifications: NotificationService
  readonly now: Clock
  readonly slidingMs: number
  /** How long the previous token still returns the current one, in milliseconds. */
  readonly graceMs: number
}

/**
 * Refresh by counter. The session row counts its refresh tokens; a token contains its number and a MAC. The
 * current number rotates by one conditional statement. The previous number returns the same successor within
 * the grace window: for two tabs, or a lost response. Reuse of an older token is treated as theft: the
 * session is revoked, and no other session. When a store fails, the refresh rejects with
 * `SERVICE_UNAVAILABLE`, consumes nothing and reports no reuse.
 */
export class RefreshService {
  readonly #deps: RefreshDependencies

  constructor(deps: RefreshDependencies) {
    this.#deps = deps
  }

  /**
   * New tokens for a refresh token. Throws `TOKEN_INVALID`, `REFRESH_REUSED`, `RATE_LIMITED` or
   * `SERVICE_UNAVAILABLE`.
   */
  async refresh(token: string, client: ClientFacts): Promise<SignIn> {
    const { refreshTokens, limits, sessions, records, issuer, now, slidingMs } = this.#deps
    const claims = refreshTokens.read(token)
    if (!claims) throw new AuthError('TOKEN_INVALID')
    // Only genuine tokens are counted, so that callers without one cannot use up the limit of a session.
    // The state store is read before the database is changed: when it fails, nothing is consumed.
    const [record] = await Promise.all([
      records.snapshot(claims.sessionId),
      limits.claim(LIMITS.refreshesOfSession, claims.sessionId),
    ])
    // After the limit of the session, so that one session cannot use up the limit of all.
    await limits.claim(LIMITS.refreshes)
    if (record.hasEnded) throw new AuthError('TOKEN_INVALID')
    const at = now()
    const expiresAt = new Date(at + slidingMs)
    const rotated = await sessions.rotate(claims.sessionId, claims.counter, new Date(at), expiresAt)
    if (!rotated) return this.#classify(claims, client)
    const { session, user } = rotated
    this.#deps.audit.record('authn_token_rotated', { userId: user.id, sessionId: session.id }, client)
    const [signIn] = await Promise.all([
      issuer.issue(session, user),
      records.prime(session, user.roles, record),
    ])
    return signIn
  }

  /** The session of a genuine refresh token, active or not; null for any other text. */
  readSessionId(token: string | null): string | null {
    return token === null ? null : (this.#deps.refreshTokens.read(token)?.sessionId ?? null)
  }

  /** Called when nothing was rotated: the session has ended, or the token is not the current one. */
  async #classify(claims: RefreshTokenClaims, client: ClientFacts): Promise<SignIn> {
    const { sessions, records, now, graceMs } = this.#deps
    const status = await sessions.find(claims.sessionId)
    if (!status || !isActive(status, now())) {
      // A node that stopped between the database and the state store left the record behind: record the end
      // now.
      if (!status || hasEnded(status)) await records.end([claims.sessionId])
      throw new AuthError('TOKEN_INVALID')
    }
    const { counter, rotatedAt } = status.session
    const distance = counter - claims.counter
    const isInGrace = rotatedAt !== null && now() - rotatedAt.getTime() < graceMs
    if (distance === 1 && isInGrace) return this.#replaySuccessor(status, client)
    if (distance >= 1) return this.#revokeOnReuse(status, client)
    // The number is not below the stored one, yet nothing was rotated: a restored backup has set the row
    // back.
    throw new AuthError('TOKEN_INVALID')
  }

  /** Returns the successor that was issued before and has not been used. */
  async #replaySuccessor({ session }: SessionStatus, client: ClientFacts): Promise<SignIn> {
    const { users, issuer, audit } = this.#deps
    const user = await users.findById(session.userId)
    if (!user) throw new AuthError('TOKEN_INVALID')
    audit.record('authn_token_repeated', { userId: user.id, sessionId: session.id }, client)
    return issuer.issue(session, user)
  }

  async #revokeOnReuse({ session }: SessionStatus, client: ClientFacts): Promise<never> {
    const { sessions, users, records, audit, notifications, now } = this.#deps
    const isRevoked = await sessions.revoke(session.id, null, 'REUSED', new Date(now()))
    await records.end([session.id])
    if (isRevoked) {
      audit.record('token.refresh.reused', { userId: session.userId, sessionId: session.id }, client)
      const user = await users.findById(session.userId)
      const origin = describeOrigin(client, now())
      await notifications.send(user && toRecipient(user), { kind: 'refresh-reused', origin })
    }
    throw new AuthError('REFRESH_REUSED')
  }
}
