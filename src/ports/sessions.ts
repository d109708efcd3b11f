import type { Spending } from './second-factors.ts'
import type { EndOfSessions, EndedSessions, User, UserStatus } from './users.ts'

/** Why a session ended. */
export type RevocationReason =
  'LOGOUT' | 'LOGOUT_EVERYWHERE' | 'REVOKED' | 'REUSED' | 'SUSPENDED' | 'EVICTED' | 'PASSWORD_CHANGED'

/** A sign-in: one row, one family of refresh tokens. */
export interface Session {
  readonly id: string
  readonly userId: string
  /** Number of the refresh token that may rotate next. */
  readonly counter: number
  /** Authentication methods: `pwd`, `otp` (a code by e-mail), `sms`, `totp`, `recovery`; RFC 8176 names are `toAmr` of them. */
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

/** What a new session needs. */
export interface NewSession {
  readonly id: string
  readonly userId: string
  readonly methods: readonly string[]
  readonly userAgent: string | null
  readonly ipAddress: string | null
  /** Keyed hash of the one-time proof that starts the session; null for a password. No proof starts two sessions. */
  readonly proofHash: string | null
  readonly now: Date
  readonly expiresAt: Date
  readonly absoluteExpiresAt: Date
}

/** What must still hold for a session to start. */
export interface StartCondition {
  /** The account's security stamp when the proof was checked: a sign-out everywhere since then refuses the start. */
  readonly securityStamp: number
  /** What of the account the proof shows to be the caller's, if anything: it counts as verified, and a PENDING account becomes ACTIVE, in the same transaction. */
  readonly proves: 'EMAIL' | 'SMS' | null
  /** True when the account's password was not given by whoever proved the address: it is dropped as a PENDING account turns ACTIVE. */
  readonly dropsPassword: boolean
  /**
   * The code that is spent on the session in the same transaction: neither is without the other. Null where one factor
   * suffices; for an account that has a second one, such a start is refused.
   */
  readonly secondFactor: Spending | null
  /** Living sessions that the account may have, this one included; the oldest ones beyond it end in the same transaction. */
  readonly maxSessions: number
}

/** A session has started. */
export interface Started {
  /** The account as it stands then. */
  readonly user: User
  /** Sessions that had to go for it. */
  readonly evicted: readonly string[]
}

/** `refused`: the account is not active or signed out everywhere meanwhile, or the second factor is missing or was spent before. `spent`: the proof has already started a session. */
export type StartRefusal = 'refused' | 'spent'

/** A session and the standing of its account, read together. */
export interface SessionStatus {
  readonly session: Session
  readonly userStatus: UserStatus
  readonly roles: readonly string[]
}

/** Sessions, in SQL: the authority on which sign-ins live. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when the database fails. */
export interface Sessions {
  /** Inserts the session where the condition holds; all or nothing. What has started, or why not. */
  start(session: NewSession, condition: StartCondition): Promise<Started | StartRefusal>
  /** The session, ended ones too, with its account's standing; or null. */
  find(id: string): Promise<SessionStatus | null>
  /**
   * One conditional statement: raises the counter from `counter` and slides `expiresAt` (never past the absolute end),
   * only where the session lives and its account is active. The session after it with its account, or null where nothing changed.
   */
  rotate(
    id: string,
    counter: number,
    now: Date,
    expiresAt: Date,
  ): Promise<{ session: Session; user: User } | null>
  /** Why a session was ended; null when nobody ended it. */
  endReason(id: string): Promise<RevocationReason | null>
  /** Living sessions of an account, newest first. */
  listLiving(userId: string, now: Date): Promise<Session[]>
  /** Ends one session, only if it is this account's (any account's for null) and not ended. True when it was ended by this call. */
  revoke(id: string, userId: string | null, reason: RevocationReason, now: Date): Promise<boolean>
  /** Ends every session of the account but `exceptId`, and raises the account's security stamp unless one is spared. */
  revokeAll(
    userId: string,
    reason: RevocationReason,
    end: EndOfSessions,
    exceptId?: string,
  ): Promise<EndedSessions>
}
