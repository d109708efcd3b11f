import type { ClientFacts, SignedInCaller } from '../../core/caller.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RevocationReason, Sessions } from '../../ports/sessions.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { SessionRecords } from './session-records.ts'

/** Dependencies of the revocation. */
export interface SessionRevokerDependencies {
  readonly sessions: Sessions
  readonly records: SessionRecords
  readonly audit: AuditService
  readonly now: Clock
}

/** The session to revoke and the origin of the request. */
export interface Revocation {
  readonly sessionId: string
  /** Only a session of this account is revoked; null: of any account. */
  readonly userId: string | null
  readonly reason: RevocationReason
  readonly client: ClientFacts
  /** The client service that made the request, if one did. */
  readonly clientId?: string
}

/** Revokes sessions: in the database first, which is the authority, then in the state store. */
export class SessionRevoker {
  readonly #deps: SessionRevokerDependencies

  constructor(deps: SessionRevokerDependencies) {
    this.#deps = deps
  }

  /**
   * Revokes one session; true when this call revoked it. The end is recorded in the state store even if the
   * database had it already, so that a retry completes a call that failed half-way.
   */
  async revoke({ sessionId, userId, reason, client, clientId }: Revocation): Promise<boolean> {
    const { sessions, records, audit, now } = this.#deps
    const isRevoked = await sessions.revoke(sessionId, userId, reason, new Date(now()))
    if (!isRevoked && !(await this.#wasRevoked(sessionId, userId))) return false
    await records.end([sessionId])
    if (!isRevoked) return false
    const owner = userId ?? (await this.#findOwner(sessionId))
    audit.record('authn_token_revoked', { sessionId, reason, userId: owner, clientId }, client)
    return true
  }

  /** Revokes every session of the caller's account except `exceptId`; returns how many. */
  async revokeAll(caller: SignedInCaller, reason: RevocationReason, exceptId?: string): Promise<number> {
    const { sessions, records, audit } = this.#deps
    const times = records.createRevocationTimes()
    const { revoked, ended } = await sessions.revokeAll(caller.userId, reason, times, exceptId)
    // Earlier ends too: the node that revoked a session may have stopped before it recorded the end.
    await records.end(exceptId === undefined ? [...ended, caller.sessionId] : ended)
    const facts = { userId: caller.userId, reason, count: revoked.length }
    audit.record('authn_token_revoked', facts, caller.client)
    return revoked.length
  }

  /** The account, for the audit event only: the session is revoked even if this read fails. */
  async #findOwner(sessionId: string): Promise<string | undefined> {
    const status = await this.#deps.sessions.find(sessionId).catch(() => null)
    return status?.session.userId
  }

  async #wasRevoked(sessionId: string, userId: string | null): Promise<boolean> {
    const status = await this.#deps.sessions.find(sessionId)
    if (!status) return false
    const isOwner = userId === null || status.session.userId === userId
    return isOwner && status.session.revokedAt !== null
  }
}
