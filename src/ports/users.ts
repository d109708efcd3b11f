import type { EmailAddress } from '../core/contact.ts'
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
  readonly generation: number
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
  readonly email: EmailAddress
  readonly passwordHash: string | null
  readonly fullName: string | null
  readonly locale: string | null
  readonly now: Date
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
  /** The account of a canonical address with its password hash, or null. */
  findCredentials(email: EmailAddress): Promise<UserCredentials | null>
  /**
   * Makes a PENDING account, or lets the newcomer's data replace those of a PENDING account of the same address:
   * one conditional statement, so that any number of racers make one account. Null where the address is taken.
   */
  register(registration: Registration): Promise<User | null>
  /** Replaces the password hash where it is still `previous`. True when replaced. */
  replacePasswordHash(userId: string, previous: string, next: string, now: Date): Promise<boolean>
  /** Writes the status and, unless it is ACTIVE, ends every session in the same transaction. */
  setStatus(
    userId: string,
    status: UserStatus,
    end: { readonly now: Date; readonly overSince: Date },
  ): Promise<EndedSessions>
  /** Writes the roles. Ids of the living sessions, whose records must be renewed. */
  setRoles(userId: string, roles: readonly string[], now: Date): Promise<readonly string[]>
}
