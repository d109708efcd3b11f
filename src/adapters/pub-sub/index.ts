import type { Config } from '../../config/config.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Random } from '../../core/secrets.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import { createLocalPubSub } from './local.ts'
import { openPostgresqlPubSub } from './postgresql.ts'
import { openRedisPubSub } from './redis.ts'

/**
 * Opens the fastest configured pub/sub: Redis, else PostgreSQL, else none, so that other processes have to
 * poll.
 */
export function openPubSub(
  { store: { stateStore }, database }: Pick<Config, 'store' | 'database'>,
  { random, log }: { readonly random: Random; readonly log: Logger },
): PubSub {
  if (stateStore.kind === 'redis') return openRedisPubSub(stateStore.connection, random)
  if (!database.url.startsWith('file:')) {
    const { directUrl: url, postgresql: config } = database
    return openPostgresqlPubSub({ url, config, log })
  }
  return createLocalPubSub()
}
