import type { AccountContacts } from './channel.ts'

/**
 * Derived from two facts. SUSPENDED: blocked by an operator, confirmed or not. Otherwise PENDING: no verified
 * contact yet, cannot sign in; or ACTIVE.
 */
export type UserStatus = 'PENDING' | 'ACTIVE' | 'SUSPENDED'

/** An account without its secrets. */
export interface User extends AccountContacts {
  readonly id: string
  readonly fullName: string | null
  /** BCP 47 language tag of the preferred language. */
  readonly locale: string | null
  readonly status: UserStatus
  /** Null for an account that is not suspended, or that was suspended by a node of version 0.1. */
  readonly suspendedAt: Date | null
  readonly roles: readonly string[]
  /**
   * Raised whenever proofs must end: when a password is set, changed or reset, all sessions are signed out, a
   * contact is changed or removed, a second factor is added or removed, or the account is suspended. Every
   * code, link, grant, challenge and device token carries the stamp at the time it was issued, and is refused
   * with any other. A repeated registration of a PENDING account raises it too; proofs of such an account are
   * bound to its contact instead, because a stranger can register it again.
   */
  readonly securityStamp: number
  readonly hasPassword: boolean
  readonly createdAt: Date
}
