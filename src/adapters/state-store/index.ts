import type { Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { SessionReader } from '../../ports/session-reader.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { StateStoreConfig } from '../../config/groups/store.ts'
import type { Database } from '../database/database.ts'
import { createDatabaseStore } from './database.ts'
import { checkMemcached } from './memcached-check.ts'
import { MemcachedStore } from './memcached.ts'
import { createMemoryStore } from './memory.ts'
import { checkRedis } from './redis-check.ts'
import { openTrackedSessionReader, type TrackedSessionReaderOptions } from './redis-tracking.ts'
import { openRedisStore } from './redis.ts'
import type { StoreFinding } from './store-finding.ts'
import { createUntrackedSessionReader } from './untracked-session-reader.ts'

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
      return openRedisStore({ connection: config.connection, waitReplicas: config.waitReplicas, log, random })
    case 'memcached':
      return new MemcachedStore({ config, now, random, log })
  }
}

/** Checks the configured state store at the start, by using it; an empty list where nothing is found. */
export async function checkStateStore(
  config: StateStoreConfig,
  { random }: Pick<StateStoreDependencies, 'random'>,
): Promise<readonly StoreFinding[]> {
  if (config.kind === 'redis') return checkRedis(config, random)
  return config.kind === 'memcached' ? checkMemcached(config) : []
}

/** Reads session records from the state store or, if Redis reports their changes, from memory for `ttlMs`. */
export function openSessionReader(
  config: StateStoreConfig,
  options: Omit<TrackedSessionReaderOptions, 'connection'>,
): SessionReader {
  return config.kind === 'redis' && options.ttlMs > 0
    ? openTrackedSessionReader({ ...options, connection: config.connection })
    : createUntrackedSessionReader(options.store)
}
