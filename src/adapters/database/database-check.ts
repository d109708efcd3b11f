import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseConfig } from '../../config/groups/database.ts'
import { SECOND_MS } from '../../core/duration.ts'
import { systemRandom } from '../../core/secrets.ts'
import type { Logger } from '../../ports/logger.ts'
import { explainConnectionFailure } from './connection-failure.ts'
import { DatabaseUnreachableError } from './database-setting-error.ts'
import { closeSession, connectSession } from './postgresql-session.ts'
import { PostgresqlTargets } from './postgresql-targets.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import { waitForSqliteLock } from './sqlite-opening.ts'

/** Time that a start waits for a database that cannot be reached yet, in milliseconds. */
const START_TIMEOUT_MS = 30 * SECOND_MS
/** Milliseconds between two attempts. */
const RETRY_PAUSE_MS = SECOND_MS
/** Milliseconds that one attempt waits for the lock of a SQLite file; starting processes take less. */
const SQLITE_LOCK_TIMEOUT_MS = SECOND_MS

/**
 * Connects to each PostgreSQL server that the settings name and writes must reach. Rejects with one line that
 * begins with the setting: `DatabaseSettingError` if a retry cannot help, else `DatabaseUnreachableError`.
 */
export async function requireDatabase({ url, directUrl, postgresql }: DatabaseConfig): Promise<void> {
  if (url.startsWith('file:')) return
  const urls = new Map([[url, 'DATABASE_URL']])
  if (directUrl !== url) urls.set(directUrl, 'DATABASE_DIRECT_URL')
  for (const [text, setting] of urls) {
    try {
      closeSession(await connectSession(new PostgresqlTargets(text, postgresql)))
    } catch (error) {
      throw explainConnectionFailure(error, setting)
    }
  }
}

/**
 * The same, but waits for at most 30 s while a server cannot be reached, or while another process has the
 * SQLite file locked, and logs each failed attempt.
 */
export async function waitForDatabase(config: DatabaseConfig, log: Logger): Promise<void> {
  const lastAttempt = performance.now() + START_TIMEOUT_MS
  for (;;) {
    try {
      return await (config.url.startsWith('file:') ? requireUnlockedFile(config) : requireDatabase(config))
    } catch (error) {
      if (!(error instanceof DatabaseUnreachableError) || performance.now() > lastAttempt) throw error
      log.warn({ event: 'database.unreachable' }, `${error.message}; trying again`)
    }
    await sleep(RETRY_PAUSE_MS)
  }
}

/** A SQLite file, which is created if it is missing. */
function requireUnlockedFile({ url }: DatabaseConfig): Promise<void> {
  return waitForSqliteLock(() => new SqliteConnection(url).close(), systemRandom, SQLITE_LOCK_TIMEOUT_MS)
}
