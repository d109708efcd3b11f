import { findAuthorityProblem, findTlsProblem } from '../../core/certificates.ts'
import type { CrossCheck } from '../setting-group.ts'
import {
  parseRedisUrl,
  withoutBrackets,
  type ClientTls,
  type Credentials,
  type RedisConnection,
  type RedisServers,
} from './redis-connection.ts'
import { REDIS_SOURCES, type RedisValues } from './redis-settings.ts'

const NO_CREDENTIALS: Credentials = { username: null, password: null }

/** The state store in Redis. */
export interface RedisConfig {
  readonly kind: 'redis'
  readonly connection: RedisConnection
  /** Replicas that must confirm a write before it succeeds; 0: none. */
  readonly waitReplicas: number
}

/** The names of the settings that name servers, of those that are set. */
export function listRedisSources(values: RedisValues): readonly string[] {
  return REDIS_SOURCES.filter((name) => values[name] !== undefined)
}

/** The state store, from values that name the servers. */
export function toRedisConfig(values: RedisValues): RedisConfig {
  const { REDIS_URL: url, REDIS_USERNAME: username = null, REDIS_PASSWORD: password = null } = values
  const parts = url === undefined ? null : parseRedisUrl(url)
  return {
    kind: 'redis',
    connection: {
      servers: parts?.servers ?? toServers(values),
      username: parts?.username ?? username,
      password: parts?.password ?? password,
      database: parts?.database ?? values.REDIS_DB,
      tls: usesTls(values) ? toTls(values) : null,
      prefix: values.REDIS_PREFIX,
    },
    waitReplicas: values.REDIS_WAIT_REPLICAS,
  }
}

function toServers(values: RedisValues): RedisServers {
  const { REDIS_CLUSTER: seeds, REDIS_SENTINELS: sentinels, REDIS_SENTINEL_NAME: name = '' } = values
  if (seeds) return { shape: 'cluster', seeds }
  if (!sentinels)
    return { shape: 'single', host: withoutBrackets(values.REDIS_HOST ?? ''), port: values.REDIS_PORT }
  return {
    shape: 'sentinel',
    sentinels,
    name,
    sentinelCredentials: {
      username: values.REDIS_SENTINEL_USERNAME ?? null,
      password: values.REDIS_SENTINEL_PASSWORD ?? null,
    },
    sentinelTls: (values.REDIS_SENTINEL_TLS ?? values.REDIS_TLS) ? toTls(values) : null,
  }
}

function usesTls({ REDIS_URL: url, REDIS_TLS: isOn }: RedisValues): boolean {
  return url === undefined ? isOn : url.startsWith('rediss:')
}

function toTls(values: RedisValues): ClientTls {
  return { ca: values.REDIS_CA ?? null, cert: values.REDIS_CERT ?? null, key: values.REDIS_KEY ?? null }
}

/** Contradictions among the settings of Redis. */
export function checkRedis(values: RedisValues, now: number): readonly CrossCheck[] {
  const [first, second] = listRedisSources(values)
  return [
    [second !== undefined, `${first}: must not be set together with ${second}`],
    [
      values.REDIS_SENTINELS !== undefined && values.REDIS_SENTINEL_NAME === undefined,
      'REDIS_SENTINEL_NAME: required with REDIS_SENTINELS',
    ],
    [
      values.REDIS_CLUSTER !== undefined && values.REDIS_DB !== 0,
      'REDIS_DB: must be 0 with REDIS_CLUSTER: a cluster has one database; use REDIS_PREFIX to share it',
    ],
    ...checkCredentials(values),
    ...checkClientTls(values, now),
  ]
}

function checkCredentials(values: RedisValues): CrossCheck[] {
  const { username, password } =
    values.REDIS_URL === undefined ? NO_CREDENTIALS : parseRedisUrl(values.REDIS_URL)
  return [
    [
      password !== null && values.REDIS_PASSWORD !== undefined,
      'REDIS_PASSWORD: must not be set together with a password in REDIS_URL',
    ],
    [
      username !== null && values.REDIS_USERNAME !== undefined,
      'REDIS_USERNAME: must not be set together with a user name in REDIS_URL',
    ],
    [
      values.REDIS_USERNAME !== undefined && values.REDIS_PASSWORD === undefined && password === null,
      'REDIS_PASSWORD: required with REDIS_USERNAME',
    ],
  ]
}

function checkClientTls(values: RedisValues, now: number): CrossCheck[] {
  const { ca, cert, key } = toTls(values)
  const isOn = usesTls(values) || values.REDIS_SENTINEL_TLS === true
  const flaw = cert === null || key === null ? null : findTlsProblem(cert, key, now)
  const authority = ca === null ? null : findAuthorityProblem(ca, now)
  return [
    ...(['REDIS_CA', 'REDIS_CERT', 'REDIS_KEY'] as const).map((name): CrossCheck => [
      values[name] !== undefined && !isOn,
      `${name}: requires TLS: REDIS_TLS=on, or a REDIS_URL that begins with rediss://`,
    ]),
    [cert !== null && key === null, 'REDIS_KEY: required with REDIS_CERT'],
    [key !== null && cert === null, 'REDIS_CERT: required with REDIS_KEY'],
    [flaw !== null, `REDIS_${flaw?.of.toUpperCase()}: expected ${flaw?.expected}`],
    [authority !== null, `REDIS_CA: expected ${authority}`],
  ]
}
