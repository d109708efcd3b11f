import type { KeysetPage } from '../core/connection.ts'

/** One security fact as it is kept. */
export interface AuditEvent {
  /** At most 64 characters; within one millisecond of one process it rises. */
  readonly id: string
  /** When it happened. */
  readonly at: Date
  readonly event: string
  /** The account it is about; the account may be gone. */
  readonly userId: string | null
  readonly sessionId: string | null
  /** Masked. */
  readonly ipAddress: string | null
  readonly requestId: string | null
  readonly reason: string | null
  readonly count: number | null
  /** The service that asked, where one did. */
  readonly clientId: string | null
}

/** The audit trail, in SQL. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when the database fails. */
export interface AuditEvents {
  /** Writes events in one statement; those that stand already, by id, are left as they are, so that it may be tried again. */
  append(events: readonly AuditEvent[]): Promise<void>
  /** Events of one account, a page in its direction. */
  list(userId: string, page: KeysetPage): Promise<AuditEvent[]>
  /** Removes at most `limit` events older than `before`; how many. */
  removeBefore(before: Date, limit: number): Promise<number>
}
