import type { Channel } from '../core/channel.ts'
import type { AccountChangeKind } from './new-account-change.ts'
import type { RevocationTimes, RevokedSessions, User } from './users.ts'

/** A change that can be undone now. */
export interface OpenChange {
  readonly id: string
  readonly kind: AccountChangeKind
  readonly createdAt: Date
  /** The account as it is now. */
  readonly user: User
  /**
   * Whether the undo removes or replaces credentials of the second factor that are in use now, which requires
   * a proof that is older than the change.
   */
  readonly requiresProof: boolean
  /** Hashes of passwords that the account had before this change, at most two. */
  readonly passwordHashes: readonly string[]
  /** Security stamps that the account had before this change and its earlier open changes. */
  readonly securityStamps: readonly number[]
}

/** An undo of a change, and of every change of the account after it. */
export interface Undo {
  readonly id: string
  readonly userId: string
  /** Unique to this undo. */
  readonly marker: string
  /** Whether the caller has proven what `requiresProof` asks for. */
  readonly isProven: boolean
}

/** An account after an undo. */
export interface UndoneChange extends RevokedSessions {
  readonly user: User
  /** Channels whose contact could not be restored, because it belongs to another account now. */
  readonly takenContacts: readonly Channel[]
}

/** A sealed secret of an authenticator app in the state before a change. */
export interface SealedChange {
  /** Id of the change. */
  readonly id: string
  readonly userId: string
  readonly sealed: string
}

/** Changes of accounts in the database. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when it fails. */
export interface AccountChanges {
  /** The change, if it can be undone; null if it is closed, expired or unknown. */
  find(id: string, now: Date): Promise<OpenChange | null>
  /**
   * In one transaction, if the change is open and the proof suffices: restores the password, the contacts and
   * the second factor from before the change, closes it and every later change, revokes every session and
   * raises the security stamp. Null when nothing was changed.
   */
  undo(undo: Undo, times: RevocationTimes): Promise<UndoneChange | null>
  /**
   * In one transaction: removes the second factor, revokes every session, raises the security stamp and
   * closes every change of the account. Null when the account has no second factor.
   */
  resetSecondFactor(userId: string, times: RevocationTimes): Promise<RevokedSessions | null>
  /** Sealed secrets of changes whose id follows `afterId`, in the order of ids, at most `limit`. */
  listSealed(afterId: string, limit: number): Promise<readonly SealedChange[]>
  /** Replaces the sealed secret of a change, only where it is still `previous`. */
  reseal(id: string, previous: string, next: string): Promise<void>
}
