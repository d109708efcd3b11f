import type { StoreConfig } from '../../config/groups/store.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import { createLocalPubSub } from './local.ts'
import { openPostgresqlPubSub } from './postgresql.ts'
import { openRedisPubSub } from './redis.ts'

/** The quickest way that the settings offer between nodes: Redis, else PostgreSQL, else none but looking. */
export function openPubSub({ stateStore, databaseUrl }: StoreConfig): PubSub {
  if (stateStore.kind === 'redis') return openRedisPubSub(stateStore.url)
  if (!databaseUrl.startsWith('file:')) return openPostgresqlPubSub(databaseUrl)
  return createLocalPubSub()
}
