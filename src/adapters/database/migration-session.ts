import type { Client } from 'pg'
import { DEFAULT_POSTGRESQL, type PostgresqlConfig } from '../../config/groups/database.ts'
import { SECOND_MS } from '../../core/duration.ts'
import type { Random } from '../../core/secrets.ts'
import { formatSearchPath } from './limited-connection.ts'
import { connectSession } from './postgresql-session.ts'
import { PostgresqlTargets } from './postgresql-targets.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { openSqliteConnection, waitForSqliteLock } from './sqlite-opening.ts'

/** One row of `_prisma_migrations`. */
export interface AppliedMigration {
  readonly migration_name: string
  readonly checksum: string
  readonly finished: boolean
  readonly rolledBack: boolean
}

/** A transaction that excludes every other migration runner. */
export interface MigrationTransaction {
  /** Applied migrations in the order they started. Changes nothing. */
  history(): Promise<AppliedMigration[]>
  /** Creates the schema and the table of applied migrations where they are missing. */
  prepare(): Promise<void>
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

const SQLITE_TABLE_EXISTS = `SELECT 1 FROM sqlite_master WHERE name = '_prisma_migrations'`

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
export function openMigrationSession(
  url: string,
  random: Random,
  postgresql: PostgresqlConfig = DEFAULT_POSTGRESQL,
): Promise<MigrationSession> {
  return url.startsWith('file:') ? openSqliteSession(url, random) : openPostgresqlSession(url, postgresql)
}

async function openSqliteSession(url: string, random: Random): Promise<MigrationSession> {
  const connection = await openSqliteConnection(url, random)
  return {
    async runExclusively(work) {
      await waitForSqliteLock(() => connection.begin(), random)
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
    prepare: async () => connection.script(SQLITE_TABLE),
    async history() {
      if (connection.run(SQLITE_TABLE_EXISTS, []).rows.length === 0) return []
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

async function openPostgresqlSession(url: string, config: PostgresqlConfig): Promise<MigrationSession> {
  const targets = new PostgresqlTargets(url, config)
  const client = await connectSession(targets)
  const path = formatSearchPath(targets.address.searchPath)
  const [schema] = targets.address.searchPath
  return {
    async runExclusively(work) {
      // Everything is local to the transaction, so that it also holds through a pooler.
      await client.query(
        `BEGIN; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}; SET LOCAL search_path = ${path}; SELECT pg_advisory_xact_lock(${PRISMA_LOCK})`,
      )
      try {
        const result = await work(postgresqlTransaction(client, schema))
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

function postgresqlTransaction(client: Client, schema: string): MigrationTransaction {
  return {
    async prepare() {
      if (!(await exists('SELECT to_regnamespace(quote_ident($1)) AS found', schema)))
        await client.query(`CREATE SCHEMA ${formatSearchPath([schema])}`)
      await client.query(POSTGRESQL_TABLE)
    },
    async history() {
      if (!(await exists('SELECT to_regclass($1) AS found', '_prisma_migrations'))) return []
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

  async function exists(statement: string, name: string): Promise<boolean> {
    const { rows } = await client.query<{ found: string | null }>(statement, [name])
    return rows[0]?.found != null
  }
}
