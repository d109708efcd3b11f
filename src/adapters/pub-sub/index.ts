import type { StoreConfig } from '../../config/groups/store.ts'
import type { Random } from '../../core/secrets.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import { createLocalPubSub } from './local.ts'
import { openPostgresqlPubSub } from './postgresql.ts'
import { openRedisPubSub } from './redis.ts'

/**
 * Opens the fastest configured pub/sub: Redis, else PostgreSQL, else none, so that other processes have to
 * poll.
 */
export function openPubSub({ stateStore, databaseUrl }: StoreConfig, random: Random): PubSub {
  if (stateStore.kind === 'redis') return openRedisPubSub(stateStore.url, random)
  if (!databaseUrl.startsWith('file:')) return openPostgresqlPubSub(databaseUrl)
  return createLocalPubSub()
}
