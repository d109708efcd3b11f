import { AuthError, unavailable } from '../../core/errors.ts'
import type { Random } from '../../core/secrets.ts'
import type { PrismaClient } from '../../generated/sqlite/client.ts'
import { DEFAULT_POSTGRESQL, type PostgresqlConfig } from '../../config/groups/database.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { BulkheadRejectedError, createBulkhead } from '../resilience/bulkhead.ts'
import { createCircuitBreaker } from '../resilience/circuit-breaker.ts'
import { logCircuit } from '../resilience/circuit-log.ts'
import { retryUntilTimeout } from '../resilience/retry.ts'
import type { Database, Work } from './database.ts'
import { createDatabaseMeter, type DatabaseServer } from './database-metrics.ts'
import { isConnectionFailure, isTransient, isUnavailable, parseConstraint } from './failures.ts'
import { openPostgresql } from './postgresql-client.ts'
import { openSqlite } from './sqlite-client.ts'

/** Longest time, in milliseconds, that work waits for other writers or for a free connection. */
const WAIT_TIMEOUT_MS = 700
/** Most units of work that wait for a connection. At a few milliseconds each, more would wait for seconds. */
const MAX_QUEUED = 2000
/** Connections to a SQLite file: statements at a time. */
const SQLITE_CONNECTIONS = 10
/**
 * The part of the connections that one caller can use, and of their queue: three callers with slow statements
 * leave a connection of ten for the others.
 */
const CALLER_SHARE = { connections: 0.3, maxQueued: MAX_QUEUED / 2 }
/** Milliseconds between attempts while another writer holds a lock. */
const RETRY_PAUSES = { min: 5, max: 20 }

/** What an open database needs. */
export interface DatabaseOptions {
  readonly log: Logger
  readonly random: Random
  /** Default: that of the settings. */
  readonly postgresql?: PostgresqlConfig
  /** Default: nothing is measured. */
  readonly metrics?: Metrics
  /** Default: `primary`. */
  readonly server?: DatabaseServer
}

/**
 * Opens the database of a `file:` (SQLite) or `postgresql:` URL. Does not check the schema: migrations do.
 * Waits for at most 30 s while another process has the file locked.
 */
export async function openDatabase(url: string, options: DatabaseOptions): Promise<Database> {
  const { log, random, postgresql = DEFAULT_POSTGRESQL, metrics, server = 'primary' } = options
  const retry = { isRetryable: isTransient, timeoutMs: WAIT_TIMEOUT_MS, pauses: RETRY_PAUSES, random }
  const isSqlite = url.startsWith('file:')
  const { prisma, queryTexts, readVersion } = isSqlite
    ? await openSqlite(url, random)
    : { ...connectPostgresql(url, postgresql, log), readVersion: null }
  const connections = isSqlite ? SQLITE_CONNECTIONS : postgresql.poolSize
  const circuitBreaker = createCircuitBreaker({
    isOutage: isConnectionFailure,
    onChange: logCircuit(log, 'database'),
  })
  const bulkhead = createBulkhead({
    concurrency: connections,
    maxQueued: MAX_QUEUED,
    stallTimeoutMs: WAIT_TIMEOUT_MS,
    share: {
      concurrency: Math.ceil(connections * CALLER_SHARE.connections),
      maxQueued: CALLER_SHARE.maxQueued,
    },
  })
  const meter = metrics && createDatabaseMeter(metrics, server, { bulkhead, connections })
  let closing: Promise<void> | undefined
  const runWork = async <T>(callerId: string | null, work: Work<T>) => {
    // After the shutdown, the driver has freed its memory and must not be called.
    if (closing) throw unavailable(new Error('the database is closed'))
    try {
      return await bulkhead.run(
        () => circuitBreaker.run(() => retryUntilTimeout(() => work(prisma, queryTexts), retry)),
        callerId,
      )
    } catch (error) {
      if (error instanceof BulkheadRejectedError || isUnavailable(error)) throw unavailable(error)
      // Every foreign key refers to the account: it was deleted while its request was processed.
      if (parseConstraint(error)?.kind === 'foreign-key')
        throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_INVALID' }, error)
      throw error
    }
  }
  const runMeasured: typeof runWork = meter
    ? (callerId, work) => meter.measure(() => runWork(callerId, work))
    : runWork
  const run: Database['run'] = (work) => runMeasured(null, work)
  return {
    dialect: isSqlite ? 'sqlite' : 'postgresql',
    connections,
    prisma,
    run,
    runFor: runMeasured,
    readVersion: readVersion && (() => run(readVersion)),
    ping: () => run(isSqlite ? pingSqlite : pingPostgresql),
    close: () => (closing ??= prisma.$disconnect()),
  }
}

async function pingSqlite(prisma: PrismaClient): Promise<void> {
  await prisma.$queryRaw`SELECT 1 AS alive`
}

/** A server that accepts no writes, such as a former primary, is not available. */
async function pingPostgresql(prisma: PrismaClient): Promise<void> {
  const [row] = await prisma.$queryRaw<
    { state: string }[]
  >`SELECT current_setting('transaction_read_only') AS state`
  if (row?.state !== 'off') throw unavailable(new Error('the database accepts no writes'))
}

function connectPostgresql(url: string, config: PostgresqlConfig, log: Logger) {
  const { prisma, queryTexts } = openPostgresql(url, config, log)
  // The two generated clients differ only in the type of a transaction's isolation level, which is not used.
  return { prisma: prisma as unknown as PrismaClient, queryTexts }
}
