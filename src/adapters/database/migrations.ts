import { randomUUID } from 'node:crypto'
import { systemRandom, type Random } from '../../core/secrets.ts'
import type { PostgresqlConfig } from '../../config/groups/database.ts'
import type { Clock } from '../../ports/clock.ts'
import { DatabaseSettingError } from './database-setting-error.ts'
import { findMigrationFolder, readMigrations, type MigrationFile } from './migration-files.ts'
import {
  openMigrationSession,
  type AppliedMigration,
  type MigrationTransaction,
} from './migration-session.ts'

/**
 * A migration failed, or the database's history does not match the package. The message names the migration
 * and the fix.
 */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/** Options of a migration run. */
export interface MigrationOptions {
  readonly url: string
  readonly now: Clock
  /** Folder of migrations. Default: the package's own for the URL's database. */
  readonly folder?: string
  /** Source of jitter between attempts to lock an SQLite file. Default: the system's. */
  readonly random?: Random
  /** How PostgreSQL is connected to. Default: as by default in the settings. */
  readonly postgresql?: PostgresqlConfig
}

/** Names of migrations. */
export interface MigrationStatus {
  /** Applied migrations of this version. */
  readonly applied: readonly string[]
  readonly pending: readonly string[]
  /** Applied migrations that only newer versions have, and beside which this version works. */
  readonly newer: readonly string[]
}

/**
 * End of the name of a migration beside which older versions do not work, such as one that removes a column
 * that they read. Every other migration only adds, so that older nodes can serve during an upgrade and after
 * a rollback of the code.
 */
export const BREAKING_SUFFIX = '_breaking'

/**
 * Applies pending migrations, each with its record in one transaction, and returns their names. Concurrent
 * runners take turns and reread the history at each turn. Throws `MigrationError` without any change if an
 * applied migration was edited, is missing, breaks this version, or was left unfinished, and
 * `DatabaseSettingError` if the role may not apply them. A role that may only read is enough while no
 * migration is pending.
 *
 * Written by hand because `prisma migrate deploy` needs the Prisma CLI and a native engine in production. The
 * table is Prisma's own, so both can be used on one database.
 */
export async function migrate(options: MigrationOptions): Promise<readonly string[]> {
  const files = readFiles(options)
  const session = await openMigrationSession(options.url, options.random ?? systemRandom, options.postgresql)
  const applied: string[] = []
  try {
    for (;;) {
      const name = await session.runExclusively((transaction) => applyNext(transaction, files, options.now))
      if (name === null) return applied
      applied.push(name)
    }
  } finally {
    await session.close()
  }
}

/** The state of each migration. Throws `MigrationError` in the same cases as `migrate`. */
export async function migrationStatus(options: MigrationOptions): Promise<MigrationStatus> {
  const files = readFiles(options)
  const session = await openMigrationSession(options.url, options.random ?? systemRandom, options.postgresql)
  try {
    return await session.runExclusively(async (transaction) =>
      checkHistory(await transaction.history(), files),
    )
  } finally {
    await session.close()
  }
}

function readFiles({ url, folder }: MigrationOptions): MigrationFile[] {
  return readMigrations(folder ?? findMigrationFolder(url.startsWith('file:') ? 'sqlite' : 'postgresql'))
}

async function applyNext(
  transaction: MigrationTransaction,
  files: readonly MigrationFile[],
  now: Clock,
): Promise<string | null> {
  const { pending } = checkHistory(await transaction.history(), files)
  const next = files.find((file) => file.name === pending[0])
  if (!next) return null
  try {
    await transaction.prepare()
    await transaction.script(next.script)
  } catch (cause) {
    if (isForbidden(cause))
      throw new DatabaseSettingError(
        `Migration ${next.name} is pending and the role of the database may not apply it: run gateway migrate with a role that may create tables`,
        { cause },
      )
    throw new MigrationError(`Migration ${next.name} failed and was rolled back: ${String(cause)}`, { cause })
  }
  await transaction.record({
    id: randomUUID(),
    checksum: next.checksum,
    name: next.name,
    at: new Date(now()),
  })
  return next.name
}

/** Whether the role lacks a right (42501, insufficient_privilege). */
function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42501'
}

/**
 * Throws unless each applied migration is finished, and an unchanged one of the package or one of a newer
 * version that does not break this one.
 */
function checkHistory(
  history: readonly AppliedMigration[],
  files: readonly MigrationFile[],
): MigrationStatus {
  const rows = history.filter((row) => !row.rolledBack)
  for (const { migration_name: name, checksum, finished } of rows) {
    if (!finished)
      throw new MigrationError(
        `Migration ${name} was started but not finished. Resolve it with \`prisma migrate resolve\`, then retry.`,
      )
    const file = files.find((candidate) => candidate.name === name)
    if (file && file.checksum !== checksum)
      throw new MigrationError(
        `Migration ${name} was changed after it was applied. Restore the file and add a new migration instead.`,
      )
  }
  const names = rows.map((row) => row.migration_name)
  const own = files.map((file) => file.name)
  const applied = names.filter((name) => own.includes(name))
  const pending = own.filter((name) => !names.includes(name))
  const newer = names.filter((name) => !own.includes(name))
  requireCompatible(newer, { pending, last: own.at(-1) ?? '' })
  return { applied, pending, newer }
}

/**
 * Newer versions have every migration of this one, and apply them first. Unknown migrations in another order
 * are those of another program, or a file of the package is missing.
 */
function requireCompatible(
  unknown: readonly string[],
  { pending, last }: { readonly pending: readonly string[]; readonly last: string },
): void {
  for (const name of unknown) {
    if (pending.length > 0 || name < last)
      throw new MigrationError(
        `Migration ${name} is applied to the database but missing from this version, and is not one of a newer version.`,
      )
    if (name.endsWith(BREAKING_SUFFIX))
      throw new MigrationError(
        `Migration ${name} of a newer version is applied to the database, and this version does not work with it: install the newer version again, or restore a backup.`,
      )
  }
}
