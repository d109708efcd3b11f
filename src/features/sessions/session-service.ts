import type { Caller, ClientFacts, SignedInCaller } from '../../core/caller.ts'
import { isBeyondContact } from '../../core/authentication-methods.ts'
import { maskIpAddress } from '../../core/contact.ts'
import type { DeviceTokens } from '../../core/device-tokens.ts'
import { AuthError, unavailable } from '../../core/errors.ts'
import { findNamedLanguage } from '../../core/languages.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { NewSession, Session, StartCondition, StartRefusal } from '../../ports/sessions.ts'
import type { User } from '../../ports/users.ts'
import type { Languages } from '../../locales/languages.ts'
import type { SessionIssuer, SignIn } from './session-issuer.ts'
import { NO_RECORD } from './session-records.ts'
import { SessionRevoker, type SessionRevokerDependencies } from './session-revoker.ts'

/** Dependencies of the session service. */
export interface SessionDependencies extends SessionRevokerDependencies {
  readonly languages: Languages
  readonly issuer: SessionIssuer
  readonly devices: DeviceTokens
  readonly random: Random
  /** How long a session lives without a refresh, in milliseconds. */
  readonly slidingMs: number
  /** Maximum lifetime of a session, in milliseconds. */
  readonly absoluteMs: number
  /** Maximum number of active sessions of an account. */
  readonly maxSessions: number
}

/** The proof of identity that a session starts with. */
export interface Proof {
  /** `pwd`, `otp`, `sms`, `totp`, `recovery`. */
  readonly methods: readonly string[]
  /** Keyed hash of a one-time proof; null for a password. */
  readonly proofHash: string | null
}

/** The conditions of a start that the caller of the service decides. */
export type SessionCondition = Omit<StartCondition, 'maxSessions' | 'locale'>

/** The outcome of starting a session, with its tokens. */
export type SessionStart = { readonly kind: 'started'; readonly signIn: SignIn } | StartRefusal

/** Starts, lists and ends sessions. */
export class SessionService {
  readonly #deps: SessionDependencies
  readonly #revoker: SessionRevoker

  constructor(deps: SessionDependencies) {
    this.#deps = deps
    this.#revoker = new SessionRevoker(deps)
  }

  /** Starts a session with a new id, if the condition holds. */
  async start(
    user: User,
    proof: Proof,
    condition: SessionCondition,
    client: ClientFacts,
  ): Promise<SessionStart> {
    const { sessions, records, issuer, devices, audit, now, maxSessions } = this.#deps
    const fresh = this.#createSession(user, proof, client, now())
    const outcome = await sessions.start(fresh, {
      ...condition,
      maxSessions,
      locale: findNamedLanguage(client.acceptLanguage, this.#deps.languages.supported),
    })
    if (outcome.kind !== 'started') return outcome
    await records.end(outcome.evicted)
    const session = toStartedSession(fresh)
    const facts = { userId: user.id, sessionId: session.id, count: outcome.evicted.length }
    audit.record('authn_token_created', facts, client)
    const [tokens] = await Promise.all([
      issuer.issue(session, outcome.user),
      records.prime(session, outcome.user.roles, NO_RECORD),
    ])
    const deviceToken = devices.issue(outcome.user, isBeyondContact(proof.methods))
    return { kind: 'started', signIn: { ...tokens, deviceToken } }
  }

  /** The active sessions of the caller, newest first. */
  list(caller: SignedInCaller): Promise<Session[]> {
    return this.#deps.sessions.listActive(caller.userId, new Date(this.#deps.now()))
  }

  /** Revokes one session of the caller. Throws `NOT_FOUND` for any other id. */
  async revoke(caller: SignedInCaller, sessionId: string): Promise<void> {
    const { userId, client } = caller
    const isRevoked = await this.#revoker.revoke({ sessionId, userId, reason: 'REVOKED', client })
    if (!isRevoked) throw new AuthError('NOT_FOUND')
  }

  /** Revokes every session of the caller except the current one; returns how many. */
  revokeOthers(caller: SignedInCaller): Promise<number> {
    return this.#revoker.revokeAll(caller, 'REVOKED', caller.sessionId)
  }

  /**
   * Signs out of this session or of all; returns how many sessions ended. A caller without a valid token gets
   * the same response and changes nothing (RFC 7009 §2.2). A genuine but expired access token still ends its
   * session, and so does the refresh token of a cookie (`cookieSessionId`). Rejects when a store fails:
   * sign-out is never reported before it holds.
   */
  async logout(caller: Caller, everywhere: boolean, cookieSessionId: string | null): Promise<number> {
    switch (caller.kind) {
      case 'anonymous':
        return this.#logoutAll([cookieSessionId], caller.client)
      case 'refused':
        return this.#logoutAll([caller.endedSessionId, cookieSessionId], caller.client)
      case 'program':
        throw new AuthError('FORBIDDEN', { reason: 'SESSION_REQUIRED' })
      case 'unknown':
        throw unavailable(caller.cause)
      case 'signed-in':
        return everywhere ? this.#revoker.revokeAll(caller, 'LOGOUT_EVERYWHERE') : this.#logoutCurrent(caller)
    }
  }

  /**
   * Revokes the session of a genuine token that a client service presents (RFC 7009 §2.1). An ended one is no
   * error.
   */
  async revokeForClient(sessionId: string, client: ClientFacts, clientId: string): Promise<void> {
    await this.#revoker.revoke({ sessionId, userId: null, reason: 'REVOKED', client, clientId })
  }

  async #logoutAll(sessionIds: readonly (string | null)[], client: ClientFacts): Promise<number> {
    const ids = new Set(sessionIds.filter((id) => id !== null))
    const revoked = await Promise.all(
      [...ids].map((sessionId) =>
        this.#revoker.revoke({ sessionId, userId: null, reason: 'LOGOUT', client }),
      ),
    )
    return revoked.filter(Boolean).length
  }

  async #logoutCurrent({ sessionId, userId, tokenId, client }: SignedInCaller): Promise<number> {
    const isRevoked = await this.#revoker.revoke({ sessionId, userId, reason: 'LOGOUT', client })
    await this.#deps.records.blacklist(sessionId, tokenId)
    return isRevoked ? 1 : 0
  }

  #createSession(user: User, proof: Proof, client: ClientFacts, now: number): NewSession {
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

/** The session as it is stored after its start. */
function toStartedSession({ now, proofHash: _, ...rest }: NewSession): Session {
  return { ...rest, counter: 0, createdAt: now, lastUsedAt: now, rotatedAt: null, revokedAt: null }
}
