import type { Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { StateStoreConfig } from '../../config/groups/store.ts'
import type { Database } from '../database/database.ts'
import { createDatabaseStore } from './database.ts'
import { createMemoryStore } from './memory.ts'
import { openRedisStore } from './redis.ts'

/** What the state stores need. */
export interface StateStoreDependencies {
  readonly database: Database
  readonly now: Clock
  readonly log: Logger
  readonly random: Random
}

/** Opens the configured state store. */
export async function openStateStore(
  config: StateStoreConfig,
  { database, now, log, random }: StateStoreDependencies,
): Promise<StateStore> {
  switch (config.kind) {
    case 'memory':
      return createMemoryStore({ now })
    case 'database':
      return createDatabaseStore({ database, now })
    case 'redis':
      return openRedisStore({ url: config.url, waitReplicas: config.waitReplicas, log, random })
  }
}
