import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../../generated/postgresql/client.ts'

/**
 * Connections of one process, which is also the number of concurrent units of work: the pool itself never
 * queues.
 */
export const POOL_SIZE = 10
/** Timeouts in milliseconds, so that a dead or hung server is detected within a second. */
const CONNECT_TIMEOUT_MS = 800
const QUERY_TIMEOUT_MS = 800

/**
 * Prisma's client on a pool of PostgreSQL connections. `onError` is called when an idle connection breaks.
 */
export function openPostgresql(url: string, onError: (error: Error) => void): PrismaClient {
  const pool = {
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // The client times out first. The server cancels the statement soon after, so that it does not run on.
    query_timeout: QUERY_TIMEOUT_MS,
    statement_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
  }
  return new PrismaClient({
    adapter: new PrismaPg(pool, { onPoolError: onError, onConnectionError: onError }),
  })
}
