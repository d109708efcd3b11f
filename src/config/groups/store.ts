import { z } from 'zod'
import type { CrossCheck, SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { wholeNumber } from '../setting-types.ts'
import { checkMemcached, memcachedSettings, toMemcachedConfig, type MemcachedConfig } from './memcached.ts'
import { redisSettings } from './redis-settings.ts'
import { checkRedis, listRedisSources, toRedisConfig, type RedisConfig } from './redis.ts'

const settings = {
  INSTANCES: {
    type: wholeNumber(1, 10000).default(1),
    doc: 'Number of gateway processes that share the database, each worker counted. Above 1 the `memory` state store is rejected.',
  },
  STATE_STORE: {
    type: z.enum(['database', 'redis', 'memcached', 'memory']).optional(),
    doc: 'Store of short-lived state, such as codes and rate limits. `memory` is for tests: it serves one process and loses its state on restart.',
    fallback: '`redis` or `memcached` when it is configured, otherwise `database`',
  },
  ...redisSettings,
  ...memcachedSettings,
} as const satisfies Settings

/** Parsed values of this group. */
export type StoreValues = ValuesOf<typeof settings>

/** Where short-lived state is stored. */
export type StateStoreConfig =
  { readonly kind: 'memory' } | { readonly kind: 'database' } | RedisConfig | MemcachedConfig

/** The state store. */
export interface StoreConfig {
  readonly stateStore: StateStoreConfig
}

/** Settings of the state store. */
export const storeGroup = {
  title: 'State store',
  settings,
  toConfig: (values: StoreValues): StoreConfig => ({
    stateStore: toStateStore(values),
  }),
  crossChecks: (values: StoreValues, now: number): readonly CrossCheck[] => [
    ...checkRedis(values, now),
    ...checkMemcached(values, now),
    ...checkSelection(values),
  ],
} satisfies SettingGroup<StoreValues, StoreConfig>

function checkSelection(values: StoreValues): CrossCheck[] {
  const selected = selectStateStore(values)
  return [
    [
      selected === 'redis' && !hasRedis(values),
      'REDIS_URL: required with STATE_STORE=redis, unless REDIS_HOST, REDIS_SENTINELS or REDIS_CLUSTER is set',
    ],
    [
      selected === 'memcached' && values.MEMCACHED_SERVERS === undefined,
      'MEMCACHED_SERVERS: required with STATE_STORE=memcached',
    ],
    [
      values.STATE_STORE === undefined && hasRedis(values) && values.MEMCACHED_SERVERS !== undefined,
      'STATE_STORE: required where both Redis and MEMCACHED_SERVERS are set',
    ],
    [
      values.REDIS_WAIT_REPLICAS > 0 && selected !== 'redis',
      'REDIS_WAIT_REPLICAS: must be 0 unless the state store is Redis',
    ],
    [
      selected === 'memory' && values.INSTANCES > 1,
      'STATE_STORE: must be redis, memcached or database when INSTANCES is above 1',
    ],
  ]
}

function hasRedis(values: StoreValues): boolean {
  return listRedisSources(values).length > 0
}

/** The state store that the settings select. */
export function selectStateStore(values: StoreValues): StateStoreConfig['kind'] {
  const configured = values.MEMCACHED_SERVERS === undefined ? 'database' : 'memcached'
  return values.STATE_STORE ?? (hasRedis(values) ? 'redis' : configured)
}

function toStateStore(values: StoreValues): StateStoreConfig {
  const kind = selectStateStore(values)
  switch (kind) {
    case 'redis':
      return toRedisConfig(values)
    case 'memcached':
      return toMemcachedConfig(values)
    case 'memory':
    case 'database':
      return { kind }
  }
}
