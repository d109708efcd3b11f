import type { Contact } from '../core/channel.ts'

/** Consecutive rows of a table: ids above `after`, up to and including `to`; null: to the end. */
export interface IdRange {
  readonly after: string
  readonly to: string | null
}

/** A table whose rows expire. */
export type VisitedTable = 'accounts' | 'sessions' | 'api-keys' | 'account-changes'

/** An account that was never confirmed. */
export interface PendingAccount {
  readonly id: string
  readonly contacts: readonly Contact[]
}

/**
 * Rows that nothing needs any more. Each method is one statement about a bounded number of rows, found by
 * primary key, so that it holds no lock for long and needs no further index. Rejects with
 * `AuthError('SERVICE_UNAVAILABLE')` when the database fails.
 */
export interface ExpiredRows {
  /** The range of the next `size` rows after an id. */
  nextRange(table: VisitedTable, after: string, size: number): Promise<IdRange>
  /** The accounts of a range that were never confirmed and not changed since a time. */
  findPendingAccounts(range: IdRange, changedBefore: Date): Promise<PendingAccount[]>
  /** Removes those of the accounts that still fulfil the condition; returns how many. */
  removePendingAccounts(ids: readonly string[], changedBefore: Date): Promise<number>
  /** Removes the sessions of a range that ended or expired before a time; returns how many. */
  removeEndedSessions(range: IdRange, endedBefore: Date): Promise<number>
  /** Removes the API keys of a range that were revoked or expired before a time; returns how many. */
  removeEndedApiKeys(range: IdRange, endedBefore: Date): Promise<number>
  /** Removes the account changes of a range that can no longer be undone at a time; returns how many. */
  removeExpiredChanges(range: IdRange, expiredBefore: Date): Promise<number>
}
