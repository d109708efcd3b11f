import type { RedisConnection } from '../../config/groups/redis-connection.ts'
import type { StoreFinding } from './store-finding.ts'

type Shape = RedisConnection['servers']['shape']

interface Remedy {
  readonly pattern: RegExp
  readonly severity: StoreFinding['severity']
  readonly event: string
  readonly problem: string
}

const refusal = { severity: 'refusal', event: 'redis.refused' } as const
const warning = { severity: 'warning', event: 'redis.not_ready' } as const

/** Errors of Redis, of its Sentinels and of TLS, in the order in which they are looked for. */
const REMEDIES: readonly Remedy[] = [
  {
    ...{ ...refusal, pattern: /sentinel.*(NOAUTH|WRONGPASS)|(NOAUTH|WRONGPASS).*sentinel/is },
    problem: 'REDIS_SENTINEL_PASSWORD: the Sentinels reject the user name or the password',
  },
  {
    ...{ ...refusal, pattern: /invalid reply: null|No such master/ },
    problem: 'REDIS_SENTINEL_NAME: the Sentinels watch no primary of this name',
  },
  {
    ...{ ...refusal, pattern: /^(WRONGPASS|NOAUTH|ERR (Client sent )?AUTH)/ },
    problem: 'REDIS_PASSWORD: Redis requires another user name or password',
  },
  {
    ...{ ...refusal, pattern: /^MOVED/ },
    problem:
      'REDIS_CLUSTER: the server is a node of a Redis Cluster: set REDIS_CLUSTER instead of REDIS_URL or REDIS_HOST',
  },
  {
    ...{ ...refusal, pattern: /cluster support disabled/ },
    problem: 'REDIS_CLUSTER: the servers are not in cluster mode: set REDIS_URL instead',
  },
  {
    ...{ ...refusal, pattern: /^NOPERM|can't run this command/ },
    problem:
      'REDIS_USERNAME: Redis forbids a command, key or channel; docs/state-stores.md has the rules that are needed',
  },
  {
    ...{ ...refusal, pattern: /^ERR unknown command|^ERR (DB|invalid DB) index/ },
    problem: 'REDIS_URL: the server lacks a command or the database; Redis 6.2 or Valkey is required',
  },
  {
    ...{ ...refusal, pattern: /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_|ALTNAME|certificate/i },
    problem: 'REDIS_CA: the certificate of Redis is not trusted or names another host',
  },
  {
    ...{ ...warning, pattern: /^READONLY/ },
    problem:
      'Redis is a replica and refuses writes: name the primary, or set REDIS_SENTINELS or REDIS_CLUSTER',
  },
  {
    ...{ ...warning, pattern: /^OOM/ },
    problem: 'the memory of Redis is full (maxmemory) and it refuses writes: give it more',
  },
  {
    ...warning,
    pattern: /^(LOADING|MASTERDOWN|CLUSTERDOWN|BUSY|MISCONF|NOREPLICAS)/,
    problem: 'Redis does not accept writes',
  },
]

/** What an error of the check means; null: Redis did not respond, which the store logs and waits for. */
export function explainRedisError(error: unknown): StoreFinding | null {
  const text = describe(error)
  const remedy = REMEDIES.find(({ pattern }) => pattern.test(text))
  if (!remedy) return null
  const { severity, event, problem } = remedy
  return { severity, event, problem: `${problem} (${text.slice(0, 200)})` }
}

/** The remedy for a server of another kind than the settings say; null: it is of that kind. */
export function explainMode(mode: string, shape: Shape): StoreFinding | null {
  if (mode === 'cluster' && shape !== 'cluster')
    return explainRedisError(new Error('MOVED cluster_enabled:1'))
  if (mode !== 'sentinel') return null
  const problem = 'REDIS_SENTINELS: the server is a Sentinel: set REDIS_SENTINELS and REDIS_SENTINEL_NAME'
  return { ...refusal, problem }
}

/** Message and code; of a cluster, those of the last node that was tried. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, lastNodeError } = error as { code?: unknown; lastNodeError?: unknown }
  if (lastNodeError instanceof Error) return describe(lastNodeError)
  return typeof code === 'string' ? `${error.message} ${code}` : error.message
}
