import type { Contact } from '../core/channel.ts'
import type { SecondFactorProof } from './second-factors.ts'
import type { RevocationTimes, RevokedSessions, User, UserStatus } from './users.ts'

/** Why a session ended. */
export type RevocationReason =
  'LOGOUT' | 'LOGOUT_EVERYWHERE' | 'REVOKED' | 'REUSED' | 'SUSPENDED' | 'EVICTED' | 'PASSWORD_CHANGED'

/** A session: one row, one family of refresh tokens. */
export interface Session {
  readonly id: string
  readonly userId: string
  /** Number of the refresh token that can be rotated next. */
  readonly counter: number
  /**
   * Authentication methods: `pwd`, `otp` (code by e-mail), `sms`, `totp`, `recovery`. `toAmr` maps them to
   * RFC 8176.
   */
  readonly methods: readonly string[]
  readonly userAgent: string | null
  /** Masked. */
  readonly ipAddress: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly rotatedAt: Date | null
  readonly expiresAt: Date
  readonly absoluteExpiresAt: Date
  readonly revokedAt: Date | null
}

/** A session to be started. */
export interface NewSession {
  readonly id: string
  readonly userId: string
  readonly methods: readonly string[]
  readonly userAgent: string | null
  readonly ipAddress: string | null
  /**
   * Keyed hash of the one-time proof that starts the session; null for a password. Each proof starts one
   * session at most.
   */
  readonly proofHash: string | null
  readonly now: Date
  readonly expiresAt: Date
  readonly absoluteExpiresAt: Date
}

/** The conditions under which a session starts. */
export interface StartCondition {
  /** The security stamp of the account when the proof was issued. If it has risen, the start is refused. */
  readonly securityStamp: number
  /**
   * The contact that the proof went to and verifies; null: none. If the account no longer has it, the start
   * is refused. Otherwise it is marked as verified, and a PENDING account becomes ACTIVE, in the same
   * transaction.
   */
  readonly contact: Contact | null
  /**
   * True when a PENDING account may have been registered by another person than the owner of the verified
   * address: its password and name are removed when it becomes ACTIVE, and its language is replaced.
   */
  readonly dropsPassword: boolean
  /** The language of such an account; null for the default one. */
  readonly locale: string | null
  /**
   * The code that is spent in the same transaction. Null for a sign-in with one factor, which is refused for
   * an account that has a second factor.
   */
  readonly secondFactor: SecondFactorProof | null
  /**
   * Active sessions that the account may have, this one included. The oldest ones above it end in the same
   * transaction.
   */
  readonly maxSessions: number
}

/** Why no session was started. */
export type StartRefusal =
  /**
   * The account is not active, its security stamp has risen, it no longer has the contact, or the second
   * factor is missing or was already spent.
   */
  | { readonly kind: 'refused' }
  /** The proof has already started a session. */
  | { readonly kind: 'proof-spent' }

/** The outcome of starting a session. */
export type StartOutcome =
  | {
      readonly kind: 'started'
      /** The account after the start. */
      readonly user: User
      /** Ids of the sessions that were evicted for the new one. */
      readonly evicted: readonly string[]
    }
  | StartRefusal

/** A session with the status of its account, read together. */
export interface SessionStatus {
  readonly session: Session
  readonly userStatus: UserStatus
  readonly roles: readonly string[]
}

/**
 * Sessions in the database, which is the authority on which sessions are active. Rejects with
 * `AuthError('SERVICE_UNAVAILABLE')` when the database fails.
 */
export interface Sessions {
  /** Inserts the session if the condition holds; all changes are one transaction. */
  start(session: NewSession, condition: StartCondition): Promise<StartOutcome>
  /** The session, even if it has ended, with the status of its account; or null. */
  find(id: string): Promise<SessionStatus | null>
  /**
   * One conditional statement: increments the counter from `counter` and extends `expiresAt` (never past the
   * absolute end), only if the session and its account are active. The changed session with its account, or
   * null.
   */
  rotate(
    id: string,
    counter: number,
    now: Date,
    expiresAt: Date,
  ): Promise<{ session: Session; user: User } | null>
  /** The reason why a session was revoked; null when it was not revoked. */
  endReason(id: string): Promise<RevocationReason | null>
  /** Active sessions of all accounts; an estimate where counting the rows would take long. */
  countActive(now: Date): Promise<number>
  /** The active sessions of an account, newest first. */
  listActive(userId: string, now: Date): Promise<Session[]>
  /**
   * Revokes one session of the account (of any account if `userId` is null) that is not revoked yet. True
   * when this call revoked it.
   */
  revoke(id: string, userId: string | null, reason: RevocationReason, now: Date): Promise<boolean>
  /**
   * Revokes every session of the account except `exceptId`. Raises the security stamp if there is no
   * exception.
   */
  revokeAll(
    userId: string,
    reason: RevocationReason,
    times: RevocationTimes,
    exceptId?: string,
  ): Promise<RevokedSessions>
}
