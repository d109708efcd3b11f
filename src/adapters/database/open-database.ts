import { unavailable } from '../../core/errors.ts'
import type { Random } from '../../core/secrets.ts'
import type { PrismaClient } from '../../generated/sqlite/client.ts'
import type { Logger } from '../../ports/logger.ts'
import { BulkheadRejectedError, createBulkhead } from '../resilience/bulkhead.ts'
import { createCircuitBreaker } from '../resilience/circuit-breaker.ts'
import { retryUntilTimeout } from '../resilience/retry.ts'
import type { Database } from './database.ts'
import { isOutage, isTransient } from './failures.ts'
import { POOL_SIZE, openPostgresql } from './postgresql-client.ts'
import { openSqlite } from './sqlite-client.ts'

/** Longest time, in milliseconds, that work waits for other writers or for a free connection. */
const WAIT_TIMEOUT_MS = 700
/** Most units of work that wait for a connection. At a few milliseconds each, more would wait for seconds. */
const MAX_QUEUED = 2000
/** Milliseconds between attempts while another writer holds a lock. */
const RETRY_PAUSES = { min: 5, max: 20 }

/** What an open database needs. */
export interface DatabaseOptions {
  readonly log: Logger
  readonly random: Random
}

/**
 * Opens the database of a `file:` (SQLite) or `postgresql:` URL. Does not check the schema: migrations do.
 */
export async function openDatabase(url: string, { log, random }: DatabaseOptions): Promise<Database> {
  const retry = { isRetryable: isTransient, timeoutMs: WAIT_TIMEOUT_MS, pauses: RETRY_PAUSES, random }
  const isSqlite = url.startsWith('file:')
  const prisma = isSqlite
    ? await retryUntilTimeout(() => openSqlite(url), retry)
    : connectPostgresql(url, log)
  const circuitBreaker = createCircuitBreaker({ failures: 5, halfOpenAfterMs: 500, isOutage })
  const bulkhead = createBulkhead({
    concurrency: POOL_SIZE,
    maxQueued: MAX_QUEUED,
    stallTimeoutMs: WAIT_TIMEOUT_MS,
  })
  let closing: Promise<void> | undefined
  const run: Database['run'] = async (work) => {
    // After the shutdown, the driver has freed its memory and must not be called.
    if (closing) throw unavailable(new Error('the database is closed'))
    try {
      return await bulkhead.run(() => circuitBreaker.run(() => retryUntilTimeout(() => work(prisma), retry)))
    } catch (error) {
      throw error instanceof BulkheadRejectedError ? unavailable(error) : error
    }
  }
  return {
    dialect: isSqlite ? 'sqlite' : 'postgresql',
    prisma,
    run,
    ping: async () => void (await run((client) => client.$queryRaw`SELECT 1 AS alive`)),
    close: () => (closing ??= prisma.$disconnect()),
  }
}

function connectPostgresql(url: string, log: Logger): PrismaClient {
  const prisma = openPostgresql(url, (error) =>
    log.warn({ event: 'database.connection_lost', err: error }, 'database connection lost'),
  )
  // The two generated clients differ only in the type of a transaction's isolation level, which is not used.
  return prisma as unknown as PrismaClient
}
