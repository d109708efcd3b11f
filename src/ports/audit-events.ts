import type { KeysetPage } from '../core/connection.ts'

/** A recorded security event. */
export interface AuditEvent {
  /** At most 64 characters; ids of one process rise within a millisecond. */
  readonly id: string
  /** When the event happened. */
  readonly at: Date
  readonly event: string
  /** The account that the event is about; the account may have been removed since. */
  readonly userId: string | null
  readonly sessionId: string | null
  /** Masked. */
  readonly ipAddress: string | null
  readonly requestId: string | null
  readonly reason: string | null
  readonly count: number | null
  /** The client service that made the request, if one did. */
  readonly clientId: string | null
}

/**
 * The audit trail in the database. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when the database fails.
 */
export interface AuditEvents {
  /**
   * Writes events in one statement. Events whose id exists are left unchanged, so that a failed call can be
   * retried.
   */
  append(events: readonly AuditEvent[]): Promise<void>
  /** A page of the events of one account, in the direction of the page. */
  list(userId: string, page: KeysetPage): Promise<AuditEvent[]>
  /** Removes at most `limit` events older than `before` and returns how many it removed. */
  removeBefore(before: Date, limit: number): Promise<number>
}
