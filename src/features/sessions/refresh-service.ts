import type { ClientFacts } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { RefreshTokenClaims, RefreshTokens } from '../../core/refresh-tokens.ts'
import type { Clock } from '../../ports/clock.ts'
import type { SessionStatus, Sessions } from '../../ports/sessions.ts'
import type { Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { LIMITS } from '../limits/limits.ts'
import type { LimitService } from '../limits/limit-service.ts'
import { toRecipient } from '../notifications/notification.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import type { SessionIssuer, SignIn } from './session-issuer.ts'
import { isLiving, isOver, type SessionRecords } from './session-records.ts'

/** What refresh needs. */
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
  /** How long the direct predecessor still answers the same successor. */
  readonly graceMs: number
}

/**
 * Refresh by counter. A session's row counts its refresh tokens; a token names the number it stands for, under a MAC.
 * The present number rotates, by one conditional statement. The number before it, within the grace window, is answered with
 * the very same successor: two tabs, or a lost response. Anything older is a copy in other hands and ends this session, and
 * this one only. A store that fails is SERVICE_UNAVAILABLE, consumes nothing, and is never taken for reuse.
 */
export class RefreshService {
  readonly #deps: RefreshDependencies

  constructor(deps: RefreshDependencies) {
    this.#deps = deps
  }

  /** New tokens for a refresh token. Throws `TOKEN_INVALID`, `REFRESH_REUSED`, `RATE_LIMITED` or `SERVICE_UNAVAILABLE`. */
  async refresh(token: string, client: ClientFacts): Promise<SignIn> {
    const { refreshTokens, limits, sessions, records, now, slidingMs } = this.#deps
    const claims = refreshTokens.read(token)
    if (!claims) throw new AuthError('TOKEN_INVALID')
    // Only genuine tokens are counted here: whoever has none can use up nobody's budget.
    await limits.claim(LIMITS.refreshesOfSession, claims.sessionId)
    await limits.claim(LIMITS.refreshes)
    // The store is asked before SQL is changed: when it is down, nothing is consumed.
    if (await records.hasEnded(claims.sessionId)) throw new AuthError('TOKEN_INVALID')
    const at = now()
    const rotated = await sessions.rotate(
      claims.sessionId,
      claims.counter,
      new Date(at),
      new Date(at + slidingMs),
    )
    if (!rotated) return this.#classify(claims, client)
    const facts = { userId: rotated.user.id, sessionId: claims.sessionId }
    this.#deps.audit.record('authn_token_rotated', facts, client)
    return this.#deps.issuer.issue(rotated.session, rotated.user)
  }

  /** The session that a genuine refresh token names, whether it lives or not; null for any other text. */
  sessionNamedBy(token: string | null): string | null {
    return token === null ? null : (this.#deps.refreshTokens.read(token)?.sessionId ?? null)
  }

  /** Nothing was rotated: the session is over, or this token's number has passed. */
  async #classify(claims: RefreshTokenClaims, client: ClientFacts): Promise<SignIn> {
    const { sessions, records, now } = this.#deps
    const standing = await sessions.find(claims.sessionId)
    if (!standing || !isLiving(standing, now())) {
      // A node that died between SQL and the store left the record behind: whoever finds out completes the end.
      if (!standing || isOver(standing)) await records.end([claims.sessionId])
      throw new AuthError('TOKEN_INVALID')
    }
    const { counter, rotatedAt } = standing.session
    const behind = counter - claims.counter
    const inGrace = rotatedAt !== null && now() - rotatedAt.getTime() < this.#deps.graceMs
    if (behind === 1 && inGrace) return this.#replaySuccessor(standing, client)
    if (behind >= 1) return this.#revokeOnReuse(standing, client)
    // Ahead of the row, or level with it though the statement found no match: a row put back in time by a restored backup.
    throw new AuthError('TOKEN_INVALID')
  }

  /** The successor was made already and has not been used: hand out the same one. */
  async #replaySuccessor({ session }: SessionStatus, client: ClientFacts): Promise<SignIn> {
    const { users, issuer, audit } = this.#deps
    const user = await users.findById(session.userId)
    if (!user) throw new AuthError('TOKEN_INVALID')
    audit.record('authn_token_repeated', { userId: user.id, sessionId: session.id }, client)
    return issuer.issue(session, user)
  }

  async #revokeOnReuse({ session }: SessionStatus, client: ClientFacts): Promise<never> {
    const { sessions, users, records, audit, notifications, now } = this.#deps
    const ended = await sessions.revoke(session.id, null, 'REUSED', new Date(now()))
    await records.end([session.id])
    if (ended) {
      audit.record('token.refresh.reused', { userId: session.userId, sessionId: session.id }, client)
      const user = await users.findById(session.userId)
      await notifications.send(user && toRecipient(user), { kind: 'refresh-reused' })
    }
    throw new AuthError('REFRESH_REUSED')
  }
}
