import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { wholeNumber } from '../setting-types.ts'
import { selectStateStore, type StoreValues } from './store.ts'

/** Lifetime of cached values; 0: not cached. */
const lifetime = wholeNumber(0, 86_400)
const mebibytes = wholeNumber(1, 4096)

const settings = {
  CACHE_SESSION_SECONDS: {
    type: wholeNumber(1, 86_400).default(60),
    unit: 's',
    doc: 'Level 1: how long the record of an active session stays in the state store before the database is read again. It bounds how late a change of roles or sessions by an SQL statement takes effect.',
  },
  CACHE_SESSION_LOCAL_SECONDS: {
    type: wholeNumber(0, 60).default(0),
    unit: 's',
    doc: 'Level 1: how long a node may use a session record, and with level 2 the generation of its account, from its own memory, which Redis tells it to forget at each change; 0 reads the state store at every request. Needs Redis 6 or later. See [Caches](caching.md#session-records-in-the-memory-of-a-node).',
  },
  CACHE_ACCOUNT_SECONDS: {
    type: lifetime.default(0),
    unit: 's',
    doc: 'Level 2: how long an account is cached in the memory of a node; 0 reads it at every request. It bounds how late a deletion or suspension by an SQL statement takes effect.',
  },
  CACHE_ACCOUNT_MIB: {
    type: mebibytes.default(16),
    unit: 'MiB',
    doc: 'Level 2: memory of one node for accounts.',
  },
  CACHE_POSTS_SECONDS: {
    type: lifetime.default(300),
    unit: 's',
    doc: 'Level 3: how long the rows of a page of posts are cached in the memory of a node; 0 reads them at every request. It bounds how late a change of posts by an SQL statement is seen.',
  },
  CACHE_POSTS_MIB: {
    type: mebibytes.default(32),
    unit: 'MiB',
    doc: 'Level 3: memory of one node for pages of posts.',
  },
  CACHE_RESPONSE_SECONDS: {
    type: lifetime.default(60),
    unit: 's',
    doc: 'Level 4: how long the response to a query is cached in the memory of a node for the same caller; 0 executes every query. It bounds how late a change of posts by an SQL statement is seen.',
  },
  CACHE_RESPONSE_MIB: {
    type: mebibytes.default(32),
    unit: 'MiB',
    doc: 'Level 4: memory of one node for responses.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type CacheValues = ValuesOf<typeof settings>

/** A cache in the memory of one node. */
export interface MemoryCacheConfig {
  readonly ttlMs: number
  readonly maxBytes: number
}

/** The four cache levels. Null: the level is off. */
export interface CacheConfig {
  /** Lifetime of session records in the state store. */
  readonly sessionMs: number
  /** Longest use of a session record from the memory of a node; 0: never. */
  readonly localSessionMs: number
  readonly accounts: MemoryCacheConfig | null
  readonly posts: MemoryCacheConfig | null
  readonly responses: MemoryCacheConfig | null
}

/** Settings of the cache levels. */
export const cacheGroup = {
  title: 'Caches',
  settings,
  toConfig: (values: CacheValues): CacheConfig => ({
    sessionMs: values.CACHE_SESSION_SECONDS * 1000,
    localSessionMs: values.CACHE_SESSION_LOCAL_SECONDS * 1000,
    accounts: toMemoryCache(values.CACHE_ACCOUNT_SECONDS, values.CACHE_ACCOUNT_MIB),
    posts: toMemoryCache(values.CACHE_POSTS_SECONDS, values.CACHE_POSTS_MIB),
    responses: toMemoryCache(values.CACHE_RESPONSE_SECONDS, values.CACHE_RESPONSE_MIB),
  }),
  crossChecks: (values: CacheValues & StoreValues) => [
    [
      values.CACHE_SESSION_LOCAL_SECONDS > 0 && selectStateStore(values) !== 'redis',
      'CACHE_SESSION_LOCAL_SECONDS: must be 0 unless the state store is Redis, which reports changes of records',
    ],
  ],
} satisfies SettingGroup<CacheValues & StoreValues, CacheConfig>

function toMemoryCache(seconds: number, size: number): MemoryCacheConfig | null {
  return seconds === 0 ? null : { ttlMs: seconds * 1000, maxBytes: size * 1024 * 1024 }
}
