import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Libsql from 'libsql'
import { LRUCache } from 'lru-cache'

/**
 * How long SQLite itself waits for another process's lock, in milliseconds. It waits on the event loop, so it is short;
 * whoever calls has the longer patience, and waits asynchronously.
 */
const BUSY_TIMEOUT_MS = 50

/**
 * WAL lets readers go on beside the one writer. FULL syncs at each commit: a sign-out that was answered as done survives a
 * power cut.
 */
const PRAGMAS = `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;`

/** Prepared reads that are kept. */
const KEPT_READS = 200

/** A statement that reads, ready to run. */
interface PreparedRead {
  readonly statement: Libsql.Statement<unknown[]>
  readonly columns: SqliteResult['columns']
}

/** What SQLite can hold. */
export type SqliteValue = string | number | bigint | Uint8Array | null

/** What a statement gave. */
export interface SqliteResult {
  readonly columns: readonly { readonly name: string; readonly type: string | null }[]
  /** Integers are numbers where a number can hold them exactly. */
  readonly rows: readonly (readonly SqliteValue[])[]
  readonly rowsAffected: number
}

/**
 * One connection to an SQLite file, which is made with mode 0600 if it is missing.
 *
 * Transactions take the write lock as they begin, and a lone write runs in one: what reads before it writes is never refused
 * half-way. The lock is asked for by a script. Scripts are finalised at once, whereas the driver leaves a prepared statement
 * that found the file busy open until it is garbage-collected, and every COMMIT after it fails; so none may ever find it busy.
 */
export class SqliteConnection {
  readonly #database: Libsql.Database
  readonly #reads = new LRUCache<string, PreparedRead>({ max: KEPT_READS })

  /** `url`: `file:` and a path. Throws when the file cannot be opened, or is busy just then. */
  constructor(url: string) {
    const path = url.slice('file:'.length)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    makeFile(path)
    this.#database = new Libsql(path, { timeout: BUSY_TIMEOUT_MS })
    this.#database.exec(PRAGMAS)
  }

  /** Runs one statement; a write outside a transaction commits. */
  run(sql: string, values: readonly unknown[]): SqliteResult {
    if (this.#database.inTransaction || isRead(sql)) return this.#run(sql, values)
    this.begin()
    try {
      const result = this.#run(sql, values)
      this.end('COMMIT')
      return result
    } catch (error) {
      this.end('ROLLBACK')
      throw error
    }
  }

  /** Runs many statements without parameters. */
  script(sql: string): void {
    this.#database.exec(sql)
  }

  /** Takes the write lock; throws `SQLITE_BUSY` when another process keeps it past the short wait. */
  begin(): void {
    this.#database.exec('BEGIN IMMEDIATE')
  }

  /** Ends the transaction; without one it does nothing. */
  end(how: 'COMMIT' | 'ROLLBACK'): void {
    if (this.#database.inTransaction) this.#database.exec(how)
  }

  close(): void {
    if (this.#database.open) this.#database.close()
  }

  #run(sql: string, values: readonly unknown[]): SqliteResult {
    const bound = values.map(toSqlite)
    if (isRead(sql)) return this.#read(sql, bound)
    const statement = this.#database.prepare<unknown[]>(sql).safeIntegers(true)
    if (!statement.reader) return { columns: [], rows: [], rowsAffected: statement.run(bound).changes }
    return toResult({ statement: statement.raw(true), columns: statement.columns() }, bound)
  }

  /** Reads find nothing busy under WAL, so their statements can be kept: preparing one costs twice as much as running it. */
  #read(sql: string, bound: readonly unknown[]): SqliteResult {
    const kept = this.#reads.get(sql)
    const read = kept ?? this.#prepareRead(sql)
    const result = toResult(read, bound)
    // Kept only once it has run to its end: what failed may stand half-way.
    if (!kept) this.#reads.set(sql, read)
    return result
  }

  #prepareRead(sql: string): PreparedRead {
    const statement = this.#database.prepare<unknown[]>(sql).safeIntegers(true).raw(true)
    return { statement, columns: statement.columns() }
  }
}

/**
 * Makes the file, where there is none, readable by its owner alone. A file that is there is left untouched: closing any
 * descriptor of it would drop the locks that other connections of this process hold (POSIX advisory locks belong to the
 * process), and another process could then remove the journal under them.
 */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

function toResult({ statement, columns }: PreparedRead, bound: readonly unknown[]): SqliteResult {
  const rows = statement.all(bound) as SqliteValue[][]
  return { columns, rows: rows.map((row) => row.map(fromSqlite)), rowsAffected: 0 }
}

function isRead(sql: string): boolean {
  return /^\s*(SELECT|PRAGMA|EXPLAIN)\b/i.test(sql)
}

/** The driver binds every number as a floating-point one; whole numbers must be integers. */
function toSqlite(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1n : 0n
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
}

function fromSqlite(value: SqliteValue): SqliteValue {
  if (typeof value !== 'bigint') return value
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}
