import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Libsql from 'libsql'
import { LRUCache } from 'lru-cache'

/**
 * How long SQLite itself waits for another process's lock, in milliseconds. This wait blocks the event loop,
 * so it is short; callers retry for longer and asynchronously.
 */
const BUSY_TIMEOUT_MS = 50

/**
 * WAL allows reads during a write. FULL syncs at each commit, so that a confirmed sign-out survives a power
 * failure.
 */
const PRAGMAS = `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;`

/**
 * Marks a statement whose effect may be lost in a power failure, such as the count of a rate limit. Its
 * commit does not wait for the disk, which takes longer than everything else. Nothing is lost if the process
 * is killed, and the next other commit syncs it, too. PostgreSQL ignores the mark.
 */
const UNSYNCED = /^\s*\/\* unsynced \*\//

/** Most cached prepared statements. */
const MAX_PREPARED = 200

/** Whether a commit waits for the disk. Under WAL, NORMAL syncs at checkpoints only. */
type Synchronous = 'FULL' | 'NORMAL'

/** A prepared statement. `columns`: null if it returns no rows. */
interface Prepared {
  readonly statement: Libsql.Statement<unknown[]>
  readonly columns: SqliteResult['columns'] | null
}

/** A value in SQLite. */
export type SqliteValue = string | number | bigint | Uint8Array | null

/** The result of a statement. */
export interface SqliteResult {
  readonly columns: readonly { readonly name: string; readonly type: string | null }[]
  /** Integers are numbers if a number represents them exactly. */
  readonly rows: readonly (readonly SqliteValue[])[]
  readonly rowsAffected: number
}

/**
 * One connection to an SQLite file, which is created with mode 0600 if it is missing.
 *
 * Transactions take the write lock when they begin, and a single write runs in one, so that work which reads
 * before it writes is never rejected half-way. The lock is requested by a script, because scripts are
 * finalised at once. The driver leaves a prepared statement that found the file busy open until it is
 * garbage-collected, and every COMMIT fails until then.
 */
export class SqliteConnection {
  readonly #database: Libsql.Database
  #synchronous: Synchronous = 'FULL'
  /** Transactions that have ended, without those of counters. */
  #ended = 0
  readonly #prepared = new LRUCache<string, Prepared>({ max: MAX_PREPARED })

  /** `url`: `file:` and a path. Throws if the file cannot be opened or is busy. */
  constructor(url: string) {
    const path = url.slice('file:'.length)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    createFile(path)
    this.#database = new Libsql(path, { timeout: BUSY_TIMEOUT_MS })
    try {
      this.#database.exec(PRAGMAS)
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  /** Runs one statement. A write outside a transaction is committed. */
  run(sql: string, values: readonly unknown[]): SqliteResult {
    if (this.#database.inTransaction || isRead(sql)) return this.#run(sql, values)
    this.begin(UNSYNCED.test(sql) ? 'NORMAL' : 'FULL')
    try {
      const result = this.#run(sql, values)
      this.end('COMMIT')
      return result
    } catch (error) {
      this.end('ROLLBACK')
      throw error
    }
  }

  /** Runs several statements without parameters. */
  script(sql: string): void {
    this.#ended += 1
    this.#database.exec(sql)
  }

  /**
   * A text that differs after each commit, except of counters. SQLite counts the commits of other connections
   * (`PRAGMA data_version`), in one read of the shared memory of its journal.
   */
  readVersion(): string {
    const { rows } = this.#run('PRAGMA data_version', [])
    return `${String(rows[0]?.[0])} ${this.#ended}`
  }

  /** Takes the write lock. Throws `SQLITE_BUSY` if another process holds it longer than the short wait. */
  begin(synchronous: Synchronous = 'FULL'): void {
    if (synchronous !== this.#synchronous) this.#database.exec(`PRAGMA synchronous = ${synchronous}`)
    this.#synchronous = synchronous
    this.#database.exec('BEGIN IMMEDIATE')
  }

  /** Ends the transaction, if there is one. */
  end(how: 'COMMIT' | 'ROLLBACK'): void {
    if (!this.#database.inTransaction) return
    // Also when the commit fails: it may have been written.
    if (this.#synchronous === 'FULL') this.#ended += 1
    this.#database.exec(how)
  }

  /** Copies the database into an empty file, in one read transaction. */
  copyTo(file: string): void {
    this.#database.prepare('VACUUM INTO ?').run(file)
  }

  close(): void {
    if (this.#database.open) this.#database.close()
  }

  /**
   * Preparing a statement costs about as much as running it, so statements are cached. None of them is ever
   * busy: reads are not under WAL, and writes have the write lock.
   */
  #run(sql: string, values: readonly unknown[]): SqliteResult {
    const bound = values.map(toSqlite)
    const cached = this.#prepared.get(sql)
    const prepared = cached ?? this.#prepare(sql)
    try {
      const result = execute(prepared, bound)
      if (!cached) this.#prepared.set(sql, prepared)
      return result
    } catch (error) {
      // The driver may not reset a statement that failed.
      this.#prepared.delete(sql)
      throw error
    }
  }

  #prepare(sql: string): Prepared {
    const statement = this.#database.prepare<unknown[]>(sql).safeIntegers(true)
    if (!statement.reader) return { statement, columns: null }
    return { statement: statement.raw(true), columns: statement.columns() }
  }
}

/**
 * Creates the file, readable by its owner only, if it is missing. An existing file must not be opened:
 * closing any descriptor of it would drop the locks of this process's other connections (POSIX advisory locks
 * belong to the process), and another process could then delete their journal.
 */
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

function execute({ statement, columns }: Prepared, bound: readonly unknown[]): SqliteResult {
  if (!columns) return { columns: [], rows: [], rowsAffected: statement.run(bound).changes }
  const rows = statement.all(bound) as SqliteValue[][]
  return { columns, rows: rows.map((row) => row.map(fromSqlite)), rowsAffected: 0 }
}

function isRead(sql: string): boolean {
  return /^\s*(SELECT|PRAGMA|EXPLAIN)\b/i.test(sql)
}

/** The driver binds numbers as floating-point values, so integers are passed as bigints. */
function toSqlite(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1n : 0n
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
}

function fromSqlite(value: SqliteValue): SqliteValue {
  if (typeof value !== 'bigint') return value
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}
