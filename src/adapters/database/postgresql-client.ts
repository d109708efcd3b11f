import { PrismaPg } from '@prisma/adapter-pg'
import type { PostgresqlConfig } from '../../config/groups/database.ts'
import { PrismaClient } from '../../generated/postgresql/client.ts'
import type { Logger } from '../../ports/logger.ts'
import type { QueryTexts } from './database.ts'
import { PostgresqlPool } from './postgresql-pool.ts'
import { PostgresqlTargets } from './postgresql-targets.ts'
import { createTextQuery } from './text-queries.ts'

/** Prisma's client, and fast statements, on a pool of connections. Throws `DatabaseSettingError`. */
export function openPostgresql(
  url: string,
  config: PostgresqlConfig,
  log: Logger,
): { readonly prisma: PrismaClient; readonly queryTexts: QueryTexts } {
  const targets = new PostgresqlTargets(url, config)
  const onLost = (error: Error) =>
    log.warn({ event: 'database.connection_lost', err: error }, 'database connection lost')
  const [schema] = targets.address.searchPath
  const pool = new PostgresqlPool(targets, config, log)
  const adapter = new SharedAdapter(pool, {
    schema,
    disposeExternalPool: true,
    onPoolError: onLost,
    onConnectionError: onLost,
  })
  return {
    prisma: new PrismaClient({ adapter }),
    queryTexts: createTextQuery('postgresql', () => adapter.connect()),
  }
}

/** One adapter for Prisma's client and for fast statements: each adapter would log the errors of the pool. */
class SharedAdapter extends PrismaPg {
  #connected: ReturnType<PrismaPg['connect']> | undefined

  override connect(): ReturnType<PrismaPg['connect']> {
    return (this.#connected ??= super.connect())
  }
}
