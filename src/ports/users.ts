import type { AccountContacts, Channel, Contact } from '../core/channel.ts'
import type { EmailAddress } from '../core/email-address.ts'
import type { PhoneNumber } from '../core/phone.ts'
import type { SecondFactorProof } from './second-factors.ts'

/** PENDING: no verified contact yet, cannot sign in. SUSPENDED: blocked by an operator. */
export type UserStatus = 'PENDING' | 'ACTIVE' | 'SUSPENDED'

/** An account without its secrets. */
export interface User extends AccountContacts {
  readonly id: string
  readonly fullName: string | null
  /** BCP 47 language tag of the preferred language. */
  readonly locale: string | null
  readonly status: UserStatus
  readonly roles: readonly string[]
  /**
   * Raised whenever all sessions of the account end, and when a second factor is confirmed. A sign-in that
   * began with an earlier stamp is refused.
   */
  readonly securityStamp: number
  readonly createdAt: Date
}

/** An account with its password hash. Only sign-in and password changes read it. */
export interface UserCredentials {
  readonly user: User
  /** PHC string; null for an account without a password. */
  readonly passwordHash: string | null
}

/** A new account. */
export interface Registration {
  readonly id: string
  readonly contact: Contact
  readonly passwordHash: string | null
  readonly fullName: string | null
  readonly locale: string | null
  readonly now: Date
}

/** A password change by an owner who gave the current password. */
export interface PasswordChange {
  readonly userId: string
  /**
   * The hash that the current password was verified against. If another hash is stored, nothing is changed.
   */
  readonly previous: string
  readonly next: string
  /** The session of the request, which stays active. */
  readonly sessionId: string
}

/** A password reset by the owner of a verified contact. */
export interface PasswordReset {
  readonly userId: string
  /**
   * The security stamp when the contact was verified. A password change or a sign-out everywhere since then
   * refuses the reset.
   */
  readonly securityStamp: number
  /** The channel whose contact was verified; the contact is marked as verified. */
  readonly proves: Channel
  /** The code that is spent in the same transaction; null for an account without a second factor. */
  readonly secondFactor: SecondFactorProof | null
  readonly next: string
}

/** The times of a revocation of several sessions. */
export interface RevocationTimes {
  readonly now: Date
  /**
   * Sessions that ended at or after this time are returned too: the state store may not have recorded their
   * end.
   */
  readonly endedSince: Date
}

/** The outcome of a revocation of several sessions, by id. */
export interface RevokedSessions {
  /** Revoked by this call. */
  readonly revoked: readonly string[]
  /**
   * Ended at or after `endedSince`, those of this call included. A node may have stopped before it recorded
   * them.
   */
  readonly ended: readonly string[]
}

/** Accounts in the database. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when the database fails. */
export interface Users {
  /** The account, or null. */
  findById(id: string): Promise<User | null>
  /** The account of a contact, or null. */
  findByContact(contact: Contact): Promise<User | null>
  /** The account of an e-mail address with its password hash, or null. */
  findCredentials(email: EmailAddress): Promise<UserCredentials | null>
  /** The account with its password hash, or null. */
  findCredentialsById(id: string): Promise<UserCredentials | null>
  /**
   * Creates a PENDING account. If a PENDING account has the same contact, the registration replaces its data
   * and raises its security stamp. One conditional statement, so that concurrent registrations create one
   * account. Null when the contact belongs to another account.
   */
  register(registration: Registration): Promise<User | null>
  /** Replaces the password hash if it is still `previous`. True when it was replaced. */
  replacePasswordHash(userId: string, previous: string, next: string, now: Date): Promise<boolean>
  /**
   * Marks the e-mail address as verified and makes a PENDING account ACTIVE, unless the account is suspended
   * or has another security stamp. `dropsPassword`: a PENDING account loses its password. The changed
   * account, or null.
   */
  verifyEmail(userId: string, securityStamp: number, dropsPassword: boolean, now: Date): Promise<User | null>
  /**
   * Sets the verified phone number of an ACTIVE account. A PENDING account with that number is removed,
   * because its registrant never verified it. False when the number belongs to another account or the account
   * is not active.
   */
  setPhone(userId: string, phone: PhoneNumber, now: Date): Promise<boolean>
  /**
   * In one transaction, if the account is active and has the hash that was verified: replaces the hash,
   * revokes every session except the one of the request, and raises the security stamp, so that sign-ins that
   * began with the old password cannot complete. Null when nothing was changed.
   */
  changePassword(change: PasswordChange, times: RevocationTimes): Promise<RevokedSessions | null>
  /**
   * In one transaction, if the account is ACTIVE and has the given security stamp, or is PENDING (a repeated
   * registration raises the stamp and must not undo the proof): replaces the hash, revokes every session,
   * raises the security stamp and makes a PENDING account ACTIVE. The changed account; null when nothing was
   * changed.
   */
  resetPassword(
    reset: PasswordReset,
    times: RevocationTimes,
  ): Promise<(RevokedSessions & { readonly user: User }) | null>
  /** Sets the status and, unless it is ACTIVE, revokes every session in the same transaction. */
  setStatus(userId: string, status: UserStatus, times: RevocationTimes): Promise<RevokedSessions>
  /** Sets the roles. Returns the ids of the active sessions, whose records must be renewed. */
  setRoles(userId: string, roles: readonly string[], now: Date): Promise<readonly string[]>
}
