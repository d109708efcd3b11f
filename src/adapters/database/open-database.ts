import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../ports/log.ts'
import { unavailable } from '../../core/errors.ts'
import { createCircuitBreaker } from '../resilience/circuit-breaker.ts'
import { BulkheadRejectedError, createBulkhead } from '../resilience/bulkhead.ts'
import type { Database } from './database.ts'
import { isOutage, isTransient } from './failures.ts'
import type { PrismaClient } from '../../generated/sqlite/client.ts'
import { POOL_SIZE, openPostgresql } from './postgresql-client.ts'
import { openSqlite } from './sqlite-client.ts'

/** Longest time, in milliseconds, that a unit of work waits for other writers, or for a line that stands still, before it is called unavailable. */
const PATIENCE_MS = 700
/** Most units that wait for a connection; at a few milliseconds each, more would wait for seconds. */
const MAX_WAITING = 2000

/** Opens the database of a `file:` (SQLite) or `postgresql:` URL. The schema is the migrations' business, not checked here. */
export async function openDatabase(url: string, log: Log): Promise<Database> {
  const { dialect, prisma } = await connect(url, log)
  const circuit = createCircuitBreaker({ failures: 5, halfOpenAfterMs: 500, isOutage })
  const line = createBulkhead({ places: POOL_SIZE, patienceMs: PATIENCE_MS, maxWaiting: MAX_WAITING })
  let closing: Promise<void> | undefined
  const run: Database['run'] = async (work) => {
    // Work that outlives the stop must not reach a driver that has let go of its memory.
    if (closing) throw unavailable(new Error('the database is closed'))
    try {
      return await line.run(() => circuit.run(() => withRetries(() => work(prisma))))
    } catch (error) {
      throw error instanceof BulkheadRejectedError ? unavailable(error) : error
    }
  }
  return {
    dialect,
    prisma,
    run,
    ping: async () => void (await run((client) => client.$queryRaw`SELECT 1 AS answer`)),
    close: () => (closing ??= prisma.$disconnect()),
  }
}

async function connect(url: string, log: Log): Promise<Pick<Database, 'dialect' | 'prisma'>> {
  if (url.startsWith('file:')) return { dialect: 'sqlite', prisma: await withRetries(() => openSqlite(url)) }
  const prisma = openPostgresql(url, (error) => log.warn({ err: error }, 'a database connection broke'))
  // The two generated clients differ in the type of a transaction's isolation level alone, which nothing here sets.
  return { dialect: 'postgresql', prisma: prisma as unknown as PrismaClient }
}

/** Tries again while another writer is in the way, with growing, jittered pauses: the event loop is free meanwhile. */
async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS
  for (let pause = 5; ; pause = Math.min(pause * 2, 20)) {
    try {
      return await work()
    } catch (error) {
      const wait = pause * (0.5 + Math.random())
      if (!isTransient(error) || performance.now() + wait > deadline) throw error
      await sleep(wait)
    }
  }
}
