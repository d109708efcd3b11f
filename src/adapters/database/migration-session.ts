import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { SqliteConnection } from './sqlite-connection.ts'

/** One row of `_prisma_migrations`. */
export interface AppliedMigration {
  readonly migration_name: string
  readonly checksum: string
  readonly finished: boolean
  readonly rolledBack: boolean
}

/** A transaction that no other runner of migrations shares. */
export interface MigrationTransaction {
  /** Rows of the table, which is made if missing; in the order they were started. */
  history(): Promise<AppliedMigration[]>
  /** Runs a script of many statements. */
  script(sql: string): Promise<void>
  /** Records a migration as done. */
  record(row: {
    readonly id: string
    readonly checksum: string
    readonly name: string
    readonly at: Date
  }): Promise<void>
}

/** A connection for migrations. */
export interface MigrationSession {
  /** Runs the work alone, waiting at most 30 s for another runner; all of it is committed, or nothing. */
  alone<T>(work: (transaction: MigrationTransaction) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const WAIT_MS = 30_000
/** The advisory lock that `prisma migrate deploy` takes. */
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

/** A session with the database of the URL, through its driver alone. */
export function openMigrationSession(url: string): Promise<MigrationSession> {
  return url.startsWith('file:') ? openSqliteSession(url) : openPostgresqlSession(url)
}

async function openSqliteSession(url: string): Promise<MigrationSession> {
  const connection = await untilFree(() => new SqliteConnection(url))
  return {
    async alone(work) {
      await untilFree(() => connection.begin())
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
        migration_name: textOf(name),
        checksum: textOf(checksum),
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

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** SQLite has no queue for its lock: ask again, without holding up the event loop. */
async function untilFree<T>(attempt: () => T): Promise<T> {
  const deadline = performance.now() + WAIT_MS
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
      if (!busy || performance.now() > deadline) throw error
      await sleep(20 + Math.random() * 60)
    }
  }
}

async function openPostgresqlSession(url: string): Promise<MigrationSession> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  await client.connect()
  return {
    async alone(work) {
      await client.query(
        `BEGIN; SET LOCAL lock_timeout = ${WAIT_MS}; SELECT pg_advisory_xact_lock(${PRISMA_LOCK})`,
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
