import { createClient } from '@libsql/client'
import pg from 'pg'

/** A value of a seeded row. Times are ISO 8601 texts in UTC, as the gateway stores them in SQLite. */
export type SeededValue = string | number | boolean | null
/** A row by the names of its columns. All rows of a table have the same ones. */
export type SeededRow = Readonly<Record<string, SeededValue>>

/** Direct access to the database of a stopped gateway. */
export interface GrowthDatabase {
  /** Inserts rows with one statement. Columns that are not named get their defaults, and triggers run. */
  insert(table: string, rows: readonly SeededRow[]): Promise<void>
  /** Does what a running installation has done some time after its inserts. */
  settle(): Promise<void>
  /** Bytes of all tables and indexes. */
  readBytes(): Promise<number>
  close(): Promise<void>
}

/** Opens the database of a `file:` or a `postgresql:` URL. */
export function openGrowthDatabase(url: string): Promise<GrowthDatabase> {
  return url.startsWith('file:') ? openSqliteFile(url) : openPostgres(url)
}

async function openSqliteFile(url: string): Promise<GrowthDatabase> {
  const client = createClient({ url })
  // Only the seeding: the gateway syncs each of its own commits.
  await client.executeMultiple('PRAGMA synchronous = OFF; PRAGMA cache_size = -500000;')
  const readNumber = async (pragma: string) => Number((await client.execute(`PRAGMA ${pragma}`)).rows[0]?.[0])
  return {
    async insert(table, rows) {
      const columns = listColumns(rows)
      const values = columns.map((column) => `value ->> '$.${column}'`).join(', ')
      const sql = `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values} FROM json_each(?)`
      await client.execute({ sql, args: [JSON.stringify(rows)] })
    },
    settle: async () => void (await client.execute('PRAGMA wal_checkpoint(TRUNCATE)')),
    readBytes: async () =>
      ((await readNumber('page_count')) - (await readNumber('freelist_count'))) *
      (await readNumber('page_size')),
    close: async () => client.close(),
  }
}

async function openPostgres(url: string): Promise<GrowthDatabase> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return {
    async insert(table, rows) {
      const columns = listColumns(rows).join(', ')
      const source = `json_populate_recordset(NULL::${table}, $1::json)`
      await client.query(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${source}`, [
        JSON.stringify(rows),
      ])
    },
    // As autovacuum would, but not while requests are measured.
    settle: async () => void (await client.query('VACUUM ANALYZE')),
    async readBytes() {
      const { rows } = await client.query<{ bytes: string }>(
        'SELECT pg_database_size(current_database()) AS bytes',
      )
      return Number(rows[0]?.bytes)
    },
    close: () => client.end(),
  }
}

function listColumns(rows: readonly SeededRow[]): string[] {
  return Object.keys(rows[0] ?? {})
}
