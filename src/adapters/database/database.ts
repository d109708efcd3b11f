import type { PrismaClient } from '../../generated/sqlite/client.ts'

/** SQL dialect. */
export type Dialect = 'sqlite' | 'postgresql'

/**
 * An open database. Both generated clients have the same shape, so each repository is written once and checks
 * `dialect` where the dialects differ.
 */
export interface Database {
  readonly dialect: Dialect
  /** Prisma's client. Use it inside `run` only. */
  readonly prisma: PrismaClient
  /**
   * Runs one unit of database work: one statement or one transaction, so that a retry repeats nothing. A busy
   * SQLite file or a serialization failure is retried with jitter for a bounded time. An unreachable, hung or
   * failing database rejects with `AuthError('SERVICE_UNAVAILABLE')` within a second. Unique and foreign-key
   * violations are rethrown for the repository (see `parseConstraint`), and so are all other errors, which
   * are bugs.
   */
  readonly run: <T>(work: (prisma: PrismaClient) => Promise<T>) => Promise<T>
  /** Resolves when the database responds. */
  ping(): Promise<void>
  /** Closes all connections. Idempotent. */
  close(): Promise<void>
}
