import { z } from 'zod'
import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { connectionUrl, host, wholeNumber } from '../setting-types.ts'
import type { ServerValues } from './server.ts'

const databaseUrl = connectionUrl({
  expected: 'file:… or postgresql://…',
  protocols: ['postgres:', 'postgresql:'],
  file: true,
})

const redisUrl = connectionUrl({ expected: 'redis://… or rediss://…', protocols: ['redis:', 'rediss:'] })

/** A port, also in the form that Kubernetes injects: `tcp://10.0.0.7:6379`. */
const redisPort = z
  .string()
  .transform((text) => /^tcp:\/\/.+:(\d+)$/.exec(text)?.[1] ?? text)
  .pipe(wholeNumber(1, 65535))
  .describe('1 to 65535')

const settings = {
  DATABASE_URL: {
    type: databaseUrl.optional(),
    secret: true,
    doc: 'Database: `file:` and a path (SQLite), or `postgresql://…`.',
    fallback: '`file:<DATA_DIR>/gateway.db`',
  },
  AUDIT_DAYS: {
    type: wholeNumber(1, 3650).default(90),
    unit: 'd',
    doc: 'How long security events are kept in the database (`myAuditEvents`). The retention of the log is separate.',
  },
  INSTANCES: {
    type: wholeNumber(1, 10000).default(1),
    doc: 'Number of gateway processes that share the database. Above 1 the `memory` state store is rejected.',
  },
  STATE_STORE: {
    type: z.enum(['database', 'redis', 'memory']).optional(),
    doc: 'Store of short-lived state, such as codes and rate limits. `memory` is for tests: it serves one process and loses its state on restart.',
    fallback: '`redis` when Redis is configured, otherwise `database`',
  },
  REDIS_URL: {
    type: redisUrl.optional(),
    secret: true,
    doc: 'Redis server; selects the `redis` state store.',
  },
  REDIS_HOST: { type: host.optional(), doc: 'Redis server, instead of `REDIS_URL`.' },
  REDIS_PORT: {
    type: redisPort.default(6379),
    onlyWith: 'REDIS_HOST',
    doc: 'Port of `REDIS_HOST`. Without `REDIS_HOST` it is not read: Kubernetes injects a variable of this name for a service called `redis`.',
  },
  REDIS_DB: {
    type: wholeNumber(0, 65535).default(0),
    onlyWith: 'REDIS_HOST',
    doc: 'Database number at `REDIS_HOST`.',
  },
  REDIS_PASSWORD: {
    type: z.string().describe('text').optional(),
    onlyWith: 'REDIS_HOST',
    secret: true,
    doc: 'Password for `REDIS_HOST`, as it is: not percent-encoded.',
  },
  REDIS_WAIT_REPLICAS: {
    type: wholeNumber(0, 5).default(0),
    doc: 'Number of replicas that must confirm a write (Redis `WAIT`, at most 200 ms) before the request succeeds; with fewer confirmations it fails with `SERVICE_UNAVAILABLE`. With 0 a failover can lose the latest writes, so that a revoked session stays valid for up to 60 s.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type StoreValues = ValuesOf<typeof settings>

type Values = StoreValues & ServerValues

/** Where short-lived state is stored. */
export type StateStoreConfig =
  | { readonly kind: 'memory' }
  | { readonly kind: 'database' }
  | {
      readonly kind: 'redis'
      readonly url: string
      /** Replicas that must confirm a write before it succeeds; 0: none. */
      readonly waitReplicas: number
    }

/** The database and the state store. */
export interface StoreConfig {
  readonly databaseUrl: string
  /** Retention of security events in the database. */
  readonly auditDays: number
  readonly stateStore: StateStoreConfig
}

/** Settings of the database and the state store. */
export const storeGroup = {
  title: 'Database and state store',
  settings,
  toConfig: (values: Values): StoreConfig => ({
    databaseUrl: values.DATABASE_URL ?? `file:${values.DATA_DIR.replace(/\/$/, '')}/gateway.db`,
    auditDays: values.AUDIT_DAYS,
    stateStore: toStateStore(values),
  }),
  crossChecks: (values: StoreValues) => [
    [
      values.REDIS_URL !== undefined && values.REDIS_HOST !== undefined,
      'REDIS_URL: must not be set together with REDIS_HOST',
    ],
    [
      values.STATE_STORE === 'redis' && !hasRedis(values),
      'REDIS_URL: required with STATE_STORE=redis, unless REDIS_HOST is set',
    ],
    [
      values.REDIS_WAIT_REPLICAS > 0 && selectStateStore(values) !== 'redis',
      'REDIS_WAIT_REPLICAS: must be 0 unless the state store is Redis',
    ],
    [
      values.STATE_STORE === 'memory' && values.INSTANCES > 1,
      'STATE_STORE: must be redis or database when INSTANCES is above 1',
    ],
  ],
} satisfies SettingGroup<Values, StoreConfig>

function hasRedis({ REDIS_URL: url, REDIS_HOST: address }: StoreValues): boolean {
  return url !== undefined || address !== undefined
}

function selectStateStore(values: StoreValues): StateStoreConfig['kind'] {
  return values.STATE_STORE ?? (hasRedis(values) ? 'redis' : 'database')
}

function toStateStore(values: StoreValues): StateStoreConfig {
  const kind = selectStateStore(values)
  return kind === 'redis'
    ? { kind, url: values.REDIS_URL ?? buildRedisUrl(values), waitReplicas: values.REDIS_WAIT_REPLICAS }
    : { kind }
}

function buildRedisUrl(values: StoreValues): string {
  const password = values.REDIS_PASSWORD
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`
  const address = values.REDIS_HOST ?? ''
  const hostname = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address
  return `redis://${credentials}${hostname}:${values.REDIS_PORT}/${values.REDIS_DB}`
}
