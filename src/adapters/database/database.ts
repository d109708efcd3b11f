import type { PrismaClient } from '../../generated/sqlite/client.ts'

/** Which SQL is spoken. */
export type Dialect = 'sqlite' | 'postgresql'

/**
 * An open database. Both generated clients have one shape, so repositories are written once;
 * where the dialects differ, they look at `dialect`.
 */
export interface Database {
  readonly dialect: Dialect
  /** Prisma's client of this database. Use it inside `run` only. */
  readonly prisma: PrismaClient
  /**
   * Runs one unit of database work. A busy SQLite file or a serialization failure is retried, with jitter, for a bounded
   * time (each unit is one statement or one transaction, so nothing happens twice); an unreachable, hung or failing
   * database rejects with `AuthError('SERVICE_UNAVAILABLE')` within a second. A unique or foreign-key violation passes
   * through: its repository knows what it means (see `readConstraint`). A mistake in the call itself passes through: it is a bug.
   */
  readonly run: <T>(work: (prisma: PrismaClient) => Promise<T>) => Promise<T>
  /** Resolves when the database answers. */
  ping(): Promise<void>
  /** Closes every connection; calling it twice is fine. */
  close(): Promise<void>
}
