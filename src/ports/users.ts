import type { Contact } from '../core/contact.ts'
import type { EmailAddress } from '../core/email-address.ts'
import type { Spending } from './second-factors.ts'
import type { PhoneNumber } from '../core/phone.ts'

/** PENDING: address not proven, cannot sign in. SUSPENDED: an operator shut it. */
export type UserStatus = 'PENDING' | 'ACTIVE' | 'SUSPENDED'

/** An account, without its secrets. */
export interface User {
  readonly id: string
  readonly email: EmailAddress | null
  readonly emailVerifiedAt: Date | null
  readonly phone: PhoneNumber | null
  readonly phoneVerifiedAt: Date | null
  readonly fullName: string | null
  /** BCP 47 language tag that the person asked for. */
  readonly locale: string | null
  readonly status: UserStatus
  readonly roles: readonly string[]
  /** Rises whenever every session of the account ends, and when it begins to ask for a second factor: a sign-in that began before is refused. */
  readonly securityStamp: number
  readonly createdAt: Date
}

/** An account together with its password hash; only the sign-in paths ask for it. */
export interface UserCredentials {
  readonly user: User
  /** argon2id PHC string, null for an account without a password. */
  readonly passwordHash: string | null
}

/** What a registrant gives. */
export interface Registration {
  readonly id: string
  readonly contact: Contact
  readonly passwordHash: string | null
  readonly fullName: string | null
  readonly locale: string | null
  readonly now: Date
}

/** A password that its owner replaces, knowing the one before it. */
export interface PasswordChange {
  readonly userId: string
  /** The hash that was checked: where another stands by now, nothing is changed. */
  readonly previous: string
  readonly next: string
  /** The session that asks, which lives on. */
  readonly sessionId: string
}

/** A password that is set by whoever has proven the account's address. */
export interface PasswordReset {
  readonly userId: string
  /** The account's security stamp when the address was proven: a change or a sign-out everywhere since then refuses the reset. */
  readonly securityStamp: number
  /** How it was proven: an e-mail address counts as verified then. */
  readonly proves: 'EMAIL' | 'SMS'
  /** The code that is spent in the same transaction; null for an account without a second factor. */
  readonly secondFactor: Spending | null
  readonly next: string
}

/** When many sessions end, and since when others may have that the state store was not told of. */
export interface EndOfSessions {
  readonly now: Date
  readonly overSince: Date
}

/** What an end of many sessions found. */
export interface EndedSessions {
  /** Ended by this call. */
  readonly ended: readonly string[]
  /** Over since a given time, whoever ended them: a node may have died before it told the state store. */
  readonly over: readonly string[]
}

/** Accounts, in SQL. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when the database fails. */
export interface Users {
  /** The account, or null. */
  findById(id: string): Promise<User | null>
  /** The account of an address or number, or null. */
  findByContact(contact: Contact): Promise<User | null>
  /** The account of a canonical address with its password hash, or null. */
  findCredentials(email: EmailAddress): Promise<UserCredentials | null>
  /** The account with its password hash, or null. */
  findCredentialsById(id: string): Promise<UserCredentials | null>
  /**
   * Makes a PENDING account, or lets the newcomer's data replace those of a PENDING account of the same address and raises
   * its security stamp: one conditional statement, so that any number of racers make one account. Null where the address is taken.
   */
  register(registration: Registration): Promise<User | null>
  /** Replaces the password hash where it is still `previous`. True when replaced. */
  replacePasswordHash(userId: string, previous: string, next: string, now: Date): Promise<boolean>
  /**
   * Marks the e-mail address as verified and a PENDING account as ACTIVE, unless it is suspended or of another security stamp;
   * `dropsPassword`: a PENDING account loses its password. The account after it, or null where nothing changed.
   */
  verifyEmail(userId: string, securityStamp: number, dropsPassword: boolean, now: Date): Promise<User | null>
  /**
   * Gives an ACTIVE account a verified number, in the place of any before. A PENDING account of that number goes: its
   * registrant never showed that it is theirs. False where the number belongs to another account, or the account is not active.
   */
  setPhone(userId: string, phone: PhoneNumber, now: Date): Promise<boolean>
  /**
   * In one transaction, where the account is active and its hash still the one that was checked: replaces the hash, ends
   * every session but the one that asks, and raises the security stamp, so that no sign-in begun with the password before it
   * comes to its end. Null where nothing was changed.
   */
  changePassword(change: PasswordChange, end: EndOfSessions): Promise<EndedSessions | null>
  /**
   * In one transaction, where the account is ACTIVE and its security stamp still holds, or where it is PENDING, since whoever
   * registers it again must not undo a proof: replaces the hash, ends every
   * session, raises the security stamp, and makes a PENDING account ACTIVE. The account as it stands
   * then; null where nothing was changed.
   */
  resetPassword(
    reset: PasswordReset,
    end: EndOfSessions,
  ): Promise<(EndedSessions & { readonly user: User }) | null>
  /** Writes the status and, unless it is ACTIVE, ends every session in the same transaction. */
  setStatus(userId: string, status: UserStatus, end: EndOfSessions): Promise<EndedSessions>
  /** Writes the roles. Ids of the living sessions, whose records must be renewed. */
  setRoles(userId: string, roles: readonly string[], now: Date): Promise<readonly string[]>
}
