import type { Config } from '../../config/load-config.ts'
import type { Signals } from '../../ports/pub-sub.ts'
import { createLocalSignals } from './local.ts'
import { openPostgresqlSignals } from './postgresql.ts'
import { openRedisSignals } from './redis.ts'

/** The quickest way that the settings offer between nodes: Redis, else PostgreSQL, else none but looking. */
export function openSignals({ stateStore, databaseUrl }: Config): Signals {
  if (stateStore.kind === 'redis') return openRedisSignals(stateStore.url)
  if (!databaseUrl.startsWith('file:')) return openPostgresqlSignals(databaseUrl)
  return createLocalSignals()
}
