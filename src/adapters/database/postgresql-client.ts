import { PrismaPg } from '@prisma/adapter-pg'
import type { PostgresqlConfig } from '../../config/groups/database.ts'
import { PrismaClient } from '../../generated/postgresql/client.ts'
import type { Logger } from '../../ports/logger.ts'
import { PostgresqlPool } from './postgresql-pool.ts'
import { PostgresqlTargets } from './postgresql-targets.ts'

/** Prisma's client on a pool of PostgreSQL connections. Throws `DatabaseSettingError`. */
export function openPostgresql(url: string, config: PostgresqlConfig, log: Logger): PrismaClient {
  const targets = new PostgresqlTargets(url, config)
  const onLost = (error: Error) =>
    log.warn({ event: 'database.connection_lost', err: error }, 'database connection lost')
  const [schema] = targets.address.searchPath
  const pool = new PostgresqlPool(targets, config, log)
  return new PrismaClient({
    adapter: new PrismaPg(pool, {
      schema,
      disposeExternalPool: true,
      onPoolError: onLost,
      onConnectionError: onLost,
    }),
  })
}
