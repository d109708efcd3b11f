import { SECOND_MS } from '../../core/duration.ts'
import type { Random } from '../../core/secrets.ts'
import { retryUntilTimeout } from '../resilience/retry.ts'
import { DatabaseUnreachableError } from './database-setting-error.ts'
import { isTransient } from './failures.ts'
import { SqliteConnection } from './sqlite-connection.ts'

/** Time that a migration, a backup or an opening waits for the lock of another process, in milliseconds. */
const LOCK_TIMEOUT_MS = 30 * SECOND_MS
const RETRY_PAUSES = { min: 10, max: 50 }

/**
 * Opens a SQLite file, creating it if it is missing. Waits for at most 30 s while another process has it
 * locked: one that migrates it, or that recovers its journal after a process was killed. Rejects with
 * `DatabaseUnreachableError` after that.
 */
export function openSqliteConnection(url: string, random: Random): Promise<SqliteConnection> {
  return waitForSqliteLock(() => new SqliteConnection(url), random)
}

/**
 * Calls until no other process has the file locked. SQLite has no queue for its locks. Rejects with
 * `DatabaseUnreachableError` after the timeout, in milliseconds.
 */
export async function waitForSqliteLock<T>(
  call: () => T,
  random: Random,
  timeoutMs = LOCK_TIMEOUT_MS,
): Promise<T> {
  const retry = { isRetryable: isTransient, timeoutMs, pauses: RETRY_PAUSES, random }
  try {
    // Retried here and not by SQLite, which would block the event loop.
    return await retryUntilTimeout(async () => call(), retry)
  } catch (error) {
    if (!isTransient(error)) throw error
    throw new DatabaseUnreachableError('DATABASE_URL: another process has locked the SQLite file', {
      cause: error,
    })
  }
}
