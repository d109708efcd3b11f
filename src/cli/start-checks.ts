import { migrate, migrationStatus } from '../adapters/database/migrations.ts'
import { lacksWal } from '../adapters/database/sqlite-backup.ts'
import type { Config } from '../config/config.ts'
import type { Logger } from '../ports/logger.ts'
import type { Variables } from './env-files.ts'
import { StartError } from './start-error.ts'
import { warnOfStandards, warnOfUnknownSettings } from './startup-messages.ts'

/** Logs what is wrong with the settings and the database file although the gateway can start. */
export function warnAtStart(config: Config, variables: Variables, log: Logger): void {
  warnOfUnknownSettings(variables, log)
  if (lacksWal(config.database.url))
    log.error(
      { event: 'database.wal_missing' },
      'the database file was in use and has no tables: it is probably a copy without its -wal file; restore a copy that gateway backup has written',
    )
  warnOfStandards(config, log)
}

/**
 * Applies pending migrations, or refuses the start where an operator applies them. Migrations of a newer
 * version are logged.
 */
export async function prepareSchema({ database }: Config, log: Logger): Promise<void> {
  const { directUrl: url, postgresql, migratesOnStart } = database
  const options = { url, now: Date.now, postgresql }
  const { pending, newer } = await migrationStatus(options)
  if (newer.length > 0)
    log.warn(
      { event: 'database.newer', migrations: newer },
      'the database has migrations of a newer version, which this version does not need',
    )
  if (pending.length === 0) return
  if (!migratesOnStart)
    throw new StartError(
      `MIGRATE_ON_START: is off and ${pending.length} migrations are pending; run gateway migrate`,
    )
  const applied = await migrate(options)
  if (applied.length > 0) log.info({ event: 'database.migrated', applied }, 'database migrations applied')
}
