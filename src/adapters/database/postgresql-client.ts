import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../../generated/postgresql/client.ts'

/** Connections of one process, and so units of work at a time: nobody ever waits inside the pool. */
export const POOL_SIZE = 10
/** How long to wait for a new connection, and how long for an answer; both in milliseconds, so that a dead or hung server is known within a second. */
const CONNECT_MS = 800
const ANSWER_MS = 800

/** Prisma's client on a pool of PostgreSQL connections. `onError` hears of idle connections that break. */
export function openPostgresql(url: string, onError: (error: Error) => void): PrismaClient {
  const pool = {
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_MS,
    // The client gives up first; the server stops the statement soon after, so that nothing runs on unheard.
    query_timeout: ANSWER_MS,
    statement_timeout: ANSWER_MS,
    keepAlive: true,
  }
  return new PrismaClient({
    adapter: new PrismaPg(pool, { onPoolError: onError, onConnectionError: onError }),
  })
}
