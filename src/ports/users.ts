import type { User, UserStatus } from '../core/account.ts'
import type { Contact } from '../core/channel.ts'
import type { EmailAddress } from '../core/email-address.ts'
import type { PhoneNumber } from '../core/phone.ts'
import type { NewAccountChange } from './new-account-change.ts'
import type { SecondFactorProof } from './second-factors.ts'

export type { User, UserStatus } from '../core/account.ts'

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
  readonly change: NewAccountChange
}

/** A password reset by the owner of a verified contact. */
export interface PasswordReset {
  readonly userId: string
  /**
   * The security stamp when the code was sent. If it has risen, the reset is refused.
   */
  readonly securityStamp: number
  /**
   * The contact that the code was sent to. If the account no longer has it, the reset is refused; otherwise
   * it is marked as verified.
   */
  readonly contact: Contact
  /** The code that is spent in the same transaction; null for an account without a second factor. */
  readonly secondFactor: SecondFactorProof | null
  readonly next: string
  readonly change: NewAccountChange
  /** Contacts on other channels that were verified at or after this time are removed. */
  readonly addedSince: Date
}

/** An account after a password reset. */
export interface CompletedPasswordReset extends RevokedSessions {
  readonly user: User
  /** Whether the change can be undone: not where the reset activated the account. */
  readonly isUndoable: boolean
}

/** The verification of an e-mail address by a link, without a sign-in. */
export interface EmailVerification {
  readonly userId: string
  /** The security stamp when the link was sent. */
  readonly securityStamp: number
  /** The address that the link was sent to. */
  readonly contact: Contact
  /** True: a PENDING account loses its password, name and language; see `StartCondition`. */
  readonly dropsPassword: boolean
  readonly locale: string | null
}

/** A phone number that the owner of an account has verified. */
export interface PhoneChange {
  readonly userId: string
  /** The security stamp when the code was sent to the number. */
  readonly securityStamp: number
  readonly phone: PhoneNumber
  readonly change: NewAccountChange
}

/** The outcome of a phone change. `taken`: the number belongs to another account. */
export type PhoneChangeOutcome =
  | { readonly kind: 'changed'; readonly user: User }
  | { readonly kind: 'taken' }
  /** The account is not active, or its security stamp has risen. */
  | { readonly kind: 'refused' }

/** A change of an account that revoked sessions, with the account afterwards. */
export type RevokingChange = RevokedSessions & { readonly user: User }

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

/** Selects the accounts of a list. */
export interface UserSelection {
  /** Null: any. */
  readonly status: UserStatus | null
  readonly createdBefore: Date
  /** Most accounts. */
  readonly limit: number
}

/** Accounts in the database. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when the database fails. */
export interface Users {
  /** The account, or null. */
  findById(id: string): Promise<User | null>
  /** The newest accounts that were created before a time; of one status, or of any (null). */
  listNewest(selection: UserSelection): Promise<User[]>
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
   * Marks the e-mail address as verified and makes a PENDING account ACTIVE, unless the account is suspended,
   * has another security stamp or no longer has the address. The changed account, or null.
   */
  verifyEmail(verification: EmailVerification, now: Date): Promise<User | null>
  /**
   * Sets the verified phone number of an ACTIVE account and raises the security stamp. A PENDING account with
   * that number is removed, because its registrant never verified it.
   */
  setPhone(change: PhoneChange): Promise<PhoneChangeOutcome>
  /**
   * Removes the phone number of an ACTIVE account and raises the security stamp, if the account still has
   * this number and another verified contact. The changed account, or null.
   */
  removePhone(userId: string, phone: PhoneNumber, change: NewAccountChange): Promise<User | null>
  /**
   * In one transaction, if the account is active and has the hash that was verified: replaces the hash,
   * revokes every session except the one of the request, and raises the security stamp, so that sign-ins that
   * began with the old password cannot complete. Null when nothing was changed.
   */
  changePassword(change: PasswordChange, times: RevocationTimes): Promise<RevokingChange | null>
  /**
   * In one transaction, if the account has the contact, and is ACTIVE with the given security stamp or is
   * PENDING (a repeated registration raises the stamp and must not undo the proof): replaces the hash,
   * revokes every session, raises the security stamp and makes a PENDING account ACTIVE. Contacts that were
   * added recently are removed, and changes that were made while the account had the proven contact are
   * closed. Null when nothing was changed.
   */
  resetPassword(reset: PasswordReset, times: RevocationTimes): Promise<CompletedPasswordReset | null>
  /** In one transaction: suspends the account, raises its security stamp and revokes every session. */
  suspend(userId: string, times: RevocationTimes): Promise<RevokedSessions>
  /** Lifts a suspension. An account without a verified contact is PENDING then. The account, or null. */
  reinstate(userId: string, now: Date): Promise<User | null>
  /** Sets the roles. Returns the ids of the active sessions, whose records must be renewed. */
  setRoles(userId: string, roles: readonly string[], now: Date): Promise<readonly string[]>
}
