import type { Prisma, PrismaClient } from '../../generated/sqlite/client.ts'

/** SQL dialect. */
export type Dialect = 'sqlite' | 'postgresql'

/**
 * The texts of a statement that returns one column, such as rows as JSON: one of each row.
 *
 * The statement goes through Prisma's driver adapter, on the same connections and with the same errors, but
 * past Prisma's client, which validates each value and converts each row: for hot statements (sessions,
 * accounts, pages of posts, counters).
 */
export type QueryTexts = (statement: Prisma.Sql) => Promise<readonly (string | null)[]>

/** One unit of work: one statement or one transaction. `queryTexts`: a fast one on the same connections. */
export type Work<T> = (prisma: PrismaClient, queryTexts: QueryTexts) => Promise<T>

/**
 * An open database. Both generated clients have the same shape, so each repository is written once and checks
 * `dialect` where the dialects differ.
 */
export interface Database {
  readonly dialect: Dialect
  /** Units of work that run at a time. */
  readonly connections: number
  /** Prisma's client. Use it inside `run` only. */
  readonly prisma: PrismaClient
  /**
   * Runs one unit of database work: one statement or one transaction, so that a retry repeats nothing. A busy
   * SQLite file or a serialization failure is retried with jitter for a bounded time. An unreachable, hung or
   * failing database rejects with `AuthError('SERVICE_UNAVAILABLE')` within a second, and so does a statement
   * that takes longer; only a failing connection counts as an outage. A row for a deleted account rejects
   * with `AuthError('UNAUTHENTICATED')`. Unique violations are rethrown for the repository (see
   * `parseConstraint`), and so are all other errors, which are bugs.
   *
   * For work of the gateway itself and for batched lookups of several callers, which use no caller's share
   * (see `batchLookups`).
   */
  readonly run: <T>(work: Work<T>) => Promise<T>
  /**
   * The same for work of one caller, which uses at most a share of the connections: callers take turns.
   * `callerId`: the account that the work is for; before it is known, the session, contact or key.
   */
  readonly runFor: <T>(callerId: string, work: Work<T>) => Promise<T>
  /**
   * A text that differs after each commit, of this process or another one, except of statements with the mark
   * of `sqlite-connection.ts` for counters. Null on PostgreSQL, which has no such number.
   */
  readonly readVersion: (() => Promise<string>) | null
  /** Resolves when the database responds. */
  ping(): Promise<void>
  /** Closes all connections. Idempotent. */
  close(): Promise<void>
}
