import type { ClientFacts, Caller, SignedInCaller } from '../../core/caller.ts'
import { maskIpAddress } from '../../core/contact.ts'
import type { DeviceTokens } from '../../core/device-tokens.ts'
import { AuthError, unavailable } from '../../core/errors.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type {
  NewSession,
  RevocationReason,
  Session,
  Sessions,
  StartCondition,
  StartRefusal,
} from '../../ports/sessions.ts'
import type { User } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { SessionIssuer, SignIn } from './session-issuer.ts'
import type { SessionRecords } from './session-records.ts'

/** What the session service needs. */
export interface SessionDependencies {
  readonly sessions: Sessions
  readonly records: SessionRecords
  readonly issuer: SessionIssuer
  readonly devices: DeviceTokens
  readonly audit: AuditService
  readonly random: Random
  readonly now: Clock
  /** How long a session lives without a refresh. */
  readonly slidingMs: number
  /** How long a session lives at most. */
  readonly absoluteMs: number
  /** Living sessions that an account may have. */
  readonly maxSessions: number
  /** How long the end of a session must be remembered: longer than any token of it lasts. */
  readonly endedTtlMs: number
}

/** How a person proved who they are. */
export interface Proof {
  /** `pwd`, `otp`, `sms`, `totp`, `recovery`. */
  readonly methods: readonly string[]
  /** Keyed hash of a one-time proof, null for a password. */
  readonly proofHash: string | null
}

/** Starts, lists and ends sessions. */
export class SessionService {
  readonly #deps: SessionDependencies

  constructor(deps: SessionDependencies) {
    this.#deps = deps
  }

  /** Starts a session under an id of our own making where the condition still holds; otherwise says why not. */
  async start(
    user: User,
    proof: Proof,
    condition: Omit<StartCondition, 'securityStamp' | 'maxSessions'>,
    client: ClientFacts,
  ): Promise<SignIn | StartRefusal> {
    const { sessions, records, issuer, devices, audit, now, maxSessions } = this.#deps
    const fresh = this.#newSession(user, proof, client, now())
    const securityStamp = user.securityStamp
    const started = await sessions.start(fresh, { ...condition, securityStamp, maxSessions })
    if (typeof started === 'string') return started
    await records.end(started.evicted)
    const { now: createdAt, proofHash: _, ...rest } = fresh
    const session = {
      ...rest,
      counter: 0,
      createdAt,
      lastUsedAt: createdAt,
      rotatedAt: null,
      revokedAt: null,
    }
    const facts = { userId: user.id, sessionId: session.id, count: started.evicted.length }
    audit.record('authn_token_created', facts, client)
    return { ...(await issuer.issue(session, started.user)), deviceToken: devices.issue(user.id) }
  }

  /** The caller's living sessions, newest first. */
  list(caller: SignedInCaller): Promise<Session[]> {
    return this.#deps.sessions.listLiving(caller.userId, new Date(this.#deps.now()))
  }

  /** Ends one session of the caller; `NOT_FOUND` for any other id, whoever's it may be. */
  async revoke(caller: SignedInCaller, sessionId: string): Promise<void> {
    const ended = await this.#end(sessionId, caller.userId, 'REVOKED', caller.client)
    if (!ended) throw new AuthError('NOT_FOUND')
  }

  /** Ends every session of the caller but the one that asks. How many were ended. */
  revokeOthers(caller: SignedInCaller): Promise<number> {
    return this.#endAll(caller, 'REVOKED', caller.sessionId)
  }

  /**
   * Signs out, of this session or everywhere; how many sessions were ended. A caller without a usable token is answered like
   * any other and changes nothing (RFC 7009 §2.2); a genuine token past its end still ends its own session, and so does the
   * refresh token of a cookie (`named`: its session). When the stores cannot say or cannot write, it rejects: sign-out is
   * never reported before it holds.
   */
  async logout(caller: Caller, everywhere: boolean, named: string | null): Promise<number> {
    switch (caller.kind) {
      case 'anonymous':
        return this.#endNamed([named], caller.client)
      case 'refused':
        return this.#endNamed([caller.endedSessionId, named], caller.client)
      case 'unknown':
        throw unavailable(caller.cause)
      case 'signed-in':
        return everywhere ? this.#endAll(caller, 'LOGOUT_EVERYWHERE') : this.#endOwn(caller)
    }
  }

  async #endNamed(sessionIds: readonly (string | null)[], client: ClientFacts): Promise<number> {
    const ids = new Set(sessionIds.filter((id) => id !== null))
    const ended = await Promise.all([...ids].map((id) => this.#end(id, null, 'LOGOUT', client)))
    return ended.filter(Boolean).length
  }

  /** Ends the session that a genuine token names, for the service that hands the token in (RFC 7009 §2.1). One that has ended is fine. */
  async endBySession(sessionId: string, client: ClientFacts, clientId: string): Promise<void> {
    await this.#end(sessionId, null, 'REVOKED', client, clientId)
  }

  async #endOwn(caller: SignedInCaller): Promise<number> {
    const ended = await this.#end(caller.sessionId, caller.userId, 'LOGOUT', caller.client)
    await this.#deps.records.blacklist(caller.sessionId, caller.tokenId)
    return ended ? 1 : 0
  }

  /** SQL first, then the store: the authority is never behind. The store is written even where SQL knew already, so that a retry after a failure completes. */
  async #end(
    sessionId: string,
    userId: string | null,
    reason: RevocationReason,
    client: ClientFacts,
    clientId?: string,
  ): Promise<boolean> {
    const { sessions, records, audit, now } = this.#deps
    const ended = await sessions.revoke(sessionId, userId, reason, new Date(now()))
    if (!ended && !(await this.#isEnded(sessionId, userId))) return false
    await records.end([sessionId])
    if (!ended) return false
    const owner = userId ?? (await this.#toRecipient(sessionId))
    audit.record('authn_token_revoked', { sessionId, reason, userId: owner, clientId }, client)
    return true
  }

  /** For the audit alone: what has been ended stays answered as ended when SQL cannot say whose it was. */
  async #toRecipient(sessionId: string): Promise<string | undefined> {
    const standing = await this.#deps.sessions.find(sessionId).catch(() => null)
    return standing?.session.userId
  }

  async #isEnded(sessionId: string, userId: string | null): Promise<boolean> {
    const standing = await this.#deps.sessions.find(sessionId)
    return (
      standing !== null &&
      (userId === null || standing.session.userId === userId) &&
      standing.session.revokedAt !== null
    )
  }

  async #endAll(caller: SignedInCaller, reason: RevocationReason, exceptId?: string): Promise<number> {
    const { sessions, records, audit, now, endedTtlMs } = this.#deps
    const at = now()
    const end = { now: new Date(at), overSince: new Date(at - endedTtlMs) }
    const { ended, over } = await sessions.revokeAll(caller.userId, reason, end, exceptId)
    // Those too that ended before: whoever ended them may not have lived to tell the store.
    await records.end(exceptId === undefined ? [...over, caller.sessionId] : over)
    audit.record('authn_token_revoked', { userId: caller.userId, reason, count: ended.length }, caller.client)
    return ended.length
  }

  #newSession(user: User, proof: Proof, client: ClientFacts, now: number): NewSession {
    const { random, slidingMs, absoluteMs } = this.#deps
    return {
      ...proof,
      id: newId(random),
      userId: user.id,
      userAgent: client.userAgent,
      ipAddress: client.ipAddress === null ? null : maskIpAddress(client.ipAddress),
      now: new Date(now),
      expiresAt: new Date(now + Math.min(slidingMs, absoluteMs)),
      absoluteExpiresAt: new Date(now + absoluteMs),
    }
  }
}
