import pg from 'pg'
import { SECOND_MS } from '../../core/duration.ts'
import type { Random } from '../../core/secrets.ts'
import { retryUntilTimeout } from '../resilience/retry.ts'
import { SqliteConnection } from './sqlite-connection.ts'

/** One row of `_prisma_migrations`. */
export interface AppliedMigration {
  readonly migration_name: string
  readonly checksum: string
  readonly finished: boolean
  readonly rolledBack: boolean
}

/** A transaction that excludes every other migration runner. */
export interface MigrationTransaction {
  /** Applied migrations in the order they started. Creates the table if it is missing. */
  history(): Promise<AppliedMigration[]>
  /** Runs a script of several statements. */
  script(sql: string): Promise<void>
  /** Records a migration as applied. */
  record(row: {
    readonly id: string
    readonly checksum: string
    readonly name: string
    readonly at: Date
  }): Promise<void>
}

/** A connection for migrations. */
export interface MigrationSession {
  /** Runs the work in one exclusive transaction. Waits at most 30 s for another runner. */
  runExclusively<T>(work: (transaction: MigrationTransaction) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const LOCK_TIMEOUT_MS = 30 * SECOND_MS
/** The advisory lock of `prisma migrate deploy`. */
const PRISMA_LOCK = 72_707_369

const SQLITE_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME, "migration_name" TEXT NOT NULL,
  "logs" TEXT, "rolled_back_at" DATETIME, "started_at" DATETIME NOT NULL DEFAULT current_timestamp,
  "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`

const POSTGRESQL_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`

const HISTORY = `SELECT "migration_name", "checksum", "finished_at" IS NOT NULL AS "finished",
  "rolled_back_at" IS NOT NULL AS "rolledBack" FROM "_prisma_migrations" ORDER BY "started_at", "migration_name"`

/**
 * A session with the database of the URL. Uses the driver directly, because Prisma's client needs the
 * migrated schema.
 */
export function openMigrationSession(url: string, random: Random): Promise<MigrationSession> {
  return url.startsWith('file:') ? openSqliteSession(url, random) : openPostgresqlSession(url)
}

async function openSqliteSession(url: string, random: Random): Promise<MigrationSession> {
  // SQLite has no queue for its lock: retry it without blocking the event loop.
  const retry = { isRetryable: isBusy, timeoutMs: LOCK_TIMEOUT_MS, pauses: { min: 50, max: 50 }, random }
  const connection = await retryUntilTimeout(async () => new SqliteConnection(url), retry)
  return {
    async runExclusively(work) {
      await retryUntilTimeout(async () => connection.begin(), retry)
      try {
        const result = await work(sqliteTransaction(connection))
        connection.end('COMMIT')
        return result
      } finally {
        connection.end('ROLLBACK')
      }
    },
    close: async () => connection.close(),
  }
}

function sqliteTransaction(connection: SqliteConnection): MigrationTransaction {
  return {
    async history() {
      connection.script(SQLITE_TABLE)
      const { rows } = connection.run(HISTORY, [])
      return rows.map(([name, checksum, finished, rolledBack]) => ({
        migration_name: toText(name),
        checksum: toText(checksum),
        finished: Boolean(finished),
        rolledBack: Boolean(rolledBack),
      }))
    },
    script: async (sql) => connection.script(sql),
    async record({ id, checksum, name, at }) {
      const values = [id, checksum, name, at.getTime(), at.getTime()]
      connection.run(
        `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
         VALUES (?, ?, ?, ?, ?, 1)`,
        values,
      )
    },
  }
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
}

async function openPostgresqlSession(url: string): Promise<MigrationSession> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5 * SECOND_MS })
  await client.connect()
  return {
    async runExclusively(work) {
      await client.query(
        `BEGIN; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}; SELECT pg_advisory_xact_lock(${PRISMA_LOCK})`,
      )
      try {
        const result = await work(postgresqlTransaction(client))
        await client.query('COMMIT')
        return result
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      }
    },
    close: () => client.end(),
  }
}

function postgresqlTransaction(client: pg.Client): MigrationTransaction {
  return {
    async history() {
      await client.query(POSTGRESQL_TABLE)
      return (await client.query<AppliedMigration>(HISTORY)).rows
    },
    script: async (sql) => void (await client.query(sql)),
    async record({ id, checksum, name, at }) {
      await client.query(
        `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
         VALUES ($1, $2, $3, $4, $4, 1)`,
        [id, checksum, name, at],
      )
    },
  }
}
