import { Cluster } from 'ioredis'
import type { RedisConnection } from '../../config/groups/redis-connection.ts'
import type { RedisConfig } from '../../config/groups/redis.ts'
import { SECOND_MS } from '../../core/duration.ts'
import { isLoopback } from '../../core/network.ts'
import type { Random } from '../../core/secrets.ts'
import { withDeadline } from '../resilience/deadline.ts'
import { connectRedis, createRedisClient, type RedisClient } from './redis-connection.ts'
import { explainMode, explainRedisError } from './redis-errors.ts'
import { probeRedis } from './redis-probe.ts'
import { checkSentinels } from './redis-sentinel-check.ts'
import type { StoreFinding } from './store-finding.ts'

const CHECK_TIMEOUT_MS = 2 * SECOND_MS
/** GETDEL and the options of SET. */
const MIN_VERSION = 6.02

/**
 * Checks Redis by doing what the store does, on a connection of its own: every command and script, the
 * publication of invalidations, and the settings of the server that its guarantees depend on. A server that
 * does not respond is no finding.
 */
export async function checkRedis(
  { connection, waitReplicas }: RedisConfig,
  random: Random,
): Promise<readonly StoreFinding[]> {
  const client = createRedisClient(connection, { random, isBrief: true })
  const errors: unknown[] = []
  for (const event of ['error', 'sentinelError'])
    client.on(event, (error: unknown) => void errors.push(error))
  try {
    await connectRedis(client)
    await withDeadline(() => probeRedis(client, connection.prefix, random), CHECK_TIMEOUT_MS)
    if (waitReplicas > 0) await withDeadline(() => client.wait(0, 1), CHECK_TIMEOUT_MS)
    await withDeadline(() => client.publish(`${connection.prefix}:signals`, '[]'), CHECK_TIMEOUT_MS)
  } catch (error) {
    errors.push(error)
  }
  const explained = errors.map(explainRedisError).find((finding) => finding !== null)
  const isRefused = explained?.severity === 'refusal'
  const facts = isRefused ? [] : await readFacts(client)
  client.disconnect()
  const found = facts.flatMap((one) => judge(one, connection, waitReplicas))
  if (!isRefused) found.push(...(await checkSentinels(connection.servers, random)))
  return dropRepeated([...(explained ? [explained] : []), ...found, ...judgeTransport(connection)])
}

type Facts = ReadonlyMap<string, string>

/** INFO of each primary; none where it does not respond or forbids the command. */
async function readFacts(client: RedisClient): Promise<readonly Facts[]> {
  const nodes = client instanceof Cluster ? client.nodes('master') : [client]
  const texts = await withDeadline(
    () => Promise.all(nodes.map((node) => node.info())),
    CHECK_TIMEOUT_MS,
  ).catch(() => [])
  return texts.map(
    (text) =>
      new Map([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name = '', value = '']) => [name, value])),
  )
}

function judge(facts: Facts, { servers }: RedisConnection, waitReplicas: number): StoreFinding[] {
  const [major = 0, minor = 0] = (facts.get('redis_version') ?? '').split('.').map(Number)
  const replicas = Number(facts.get('connected_slaves') ?? 0)
  const policy = facts.get('maxmemory_policy')
  const checks: [boolean, StoreFinding['severity'], string, string][] = [
    [
      major + minor / 100 < MIN_VERSION,
      ...(['refusal', 'redis.refused'] as const),
      `REDIS_URL: Redis ${facts.get('redis_version')} is too old; Redis 6.2 or Valkey is required`,
    ],
    [
      policy !== undefined && policy !== 'noeviction',
      ...(['warning', 'redis.evicts'] as const),
      `maxmemory-policy of Redis is ${policy}: it may evict counters, so that limits start again; set noeviction`,
    ],
    [
      facts.get('aof_enabled') === '0',
      ...(['note', 'redis.not_persistent'] as const),
      'Redis has no append-only file: a restart loses recent codes and counters; no session depends on it',
    ],
    [
      waitReplicas === 0 && replicas > 0 && !facts.has('min_slaves_good_slaves'),
      ...(['warning', 'redis.split_brain'] as const),
      'a primary that is cut off from its replicas continues to accept writes, which a fail-over then loses: set REDIS_WAIT_REPLICAS, or min-replicas-to-write of Redis',
    ],
    [
      waitReplicas > replicas,
      ...(['warning', 'redis.replicas_missing'] as const),
      `REDIS_WAIT_REPLICAS is ${waitReplicas} and ${replicas} replicas are connected: writes fail`,
    ],
  ]
  const mode = explainMode(facts.get('redis_mode') ?? '', servers.shape)
  const found = checks
    .filter(([isFound]) => isFound)
    .map(([, severity, event, problem]): StoreFinding => ({ severity, event, problem }))
  return mode ? [mode] : found
}

/** Whether secrets or state travel in plain text to another machine. */
function judgeTransport({ servers, tls, password }: RedisConnection): StoreFinding[] {
  const hosts = {
    single: () => (servers.shape === 'single' ? [servers.host] : []),
    socket: () => [],
    sentinel: () => (servers.shape === 'sentinel' ? servers.sentinels.map(({ host }) => host) : []),
    cluster: () => (servers.shape === 'cluster' ? servers.seeds.map(({ host }) => host) : []),
  }[servers.shape]()
  const missing = [...(tls ? [] : ['TLS']), ...(password === null ? ['a password'] : [])]
  if (hosts.every(isLoopback) || missing.length === 0) return []
  const problem = `Redis on another host is used without ${missing.join(' and ')}: codes and sessions can be read and changed on the way`
  return [{ severity: 'warning', event: 'redis.unprotected', problem }]
}

function dropRepeated(findings: readonly StoreFinding[]): readonly StoreFinding[] {
  return [...new Map(findings.map((finding) => [finding.problem, finding])).values()]
}
