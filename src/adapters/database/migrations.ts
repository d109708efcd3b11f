import { randomUUID } from 'node:crypto'
import type { Clock } from '../../ports/clock.ts'
import { migrationFolder, readMigrations, type MigrationFile } from './migration-files.ts'
import {
  openMigrationSession,
  type AppliedMigration,
  type MigrationTransaction,
} from './migration-session.ts'

/** The database's history and the package's migrations do not fit together. The message names the migration and the way out. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/** What to migrate. */
export interface MigrationOptions {
  readonly url: string
  readonly now: Clock
  /** Folder of migrations; the package's own for the URL's database when left out. */
  readonly folder?: string
}

/** What stands and what is still to come, by name. */
export interface MigrationStatus {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
}

/**
 * Applies what is pending, each migration with its record in one transaction, and says which. Runners that start together
 * take turns; each looks again when its turn comes. The table is Prisma's own, so `prisma migrate deploy` agrees with it.
 * Throws `MigrationError`, with nothing changed, when an applied migration was edited, is missing, or was left unfinished.
 */
export async function migrate(options: MigrationOptions): Promise<readonly string[]> {
  const files = filesOf(options)
  const session = await openMigrationSession(options.url)
  const done: string[] = []
  try {
    for (;;) {
      const name = await session.alone((transaction) => applyNext(transaction, files, options.now))
      if (name === null) return done
      done.push(name)
    }
  } finally {
    await session.close()
  }
}

/** What `migrate` would do. Throws `MigrationError` as it would. */
export async function migrationStatus(options: MigrationOptions): Promise<MigrationStatus> {
  const files = filesOf(options)
  const session = await openMigrationSession(options.url)
  try {
    const applied = await session.alone(async (transaction) =>
      appliedNames(await transaction.history(), files),
    )
    return { applied, pending: files.map((file) => file.name).filter((name) => !applied.includes(name)) }
  } finally {
    await session.close()
  }
}

function filesOf({ url, folder }: MigrationOptions): MigrationFile[] {
  return readMigrations(folder ?? migrationFolder(url.startsWith('file:') ? 'sqlite' : 'postgresql'))
}

async function applyNext(
  transaction: MigrationTransaction,
  files: readonly MigrationFile[],
  now: Clock,
): Promise<string | null> {
  const applied = appliedNames(await transaction.history(), files)
  const next = files.find((file) => !applied.includes(file.name))
  if (!next) return null
  try {
    await transaction.script(next.script)
  } catch (cause) {
    throw new MigrationError(`Migration ${next.name} failed and was undone: ${String(cause)}`, { cause })
  }
  await transaction.record({
    id: randomUUID(),
    checksum: next.checksum,
    name: next.name,
    at: new Date(now()),
  })
  return next.name
}

/** Names of the applied migrations, after checking that each is the one of the package. */
function appliedNames(history: readonly AppliedMigration[], files: readonly MigrationFile[]): string[] {
  const standing = history.filter((row) => !row.rolledBack)
  for (const { migration_name: name, checksum, finished } of standing) {
    const file = files.find((candidate) => candidate.name === name)
    if (!finished)
      throw new MigrationError(
        `Migration ${name} was begun and never finished. Resolve it with \`prisma migrate resolve\`, then start again.`,
      )
    if (!file)
      throw new MigrationError(
        `Migration ${name} was applied to this database but is missing here: this version is older than the database.`,
      )
    if (file.checksum !== checksum)
      throw new MigrationError(
        `Migration ${name} was changed after it was applied. Restore the file; make changes in a new migration.`,
      )
  }
  return standing.map((row) => row.migration_name)
}
