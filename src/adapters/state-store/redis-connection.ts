import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { ClientTls, RedisConnection } from '../../config/groups/redis-connection.ts'
import { SECOND_MS } from '../../core/duration.ts'
import type { Random } from '../../core/secrets.ts'
import { followFailovers } from './redis-failover.ts'

/** A client of one server, of the primary that Sentinels name, or of a cluster. */
export type RedisClient = Redis | Cluster

/** What a client is used for. */
export interface RedisClientOptions {
  readonly random: Random
  /**
   * Sends commands of one turn of the event loop as one. In a cluster ioredis then does not follow the
   * redirection of a single command, which fails with `MOVED` or `ASK`.
   */
  readonly pipelines?: boolean
  /** Version of the protocol; default: 3. */
  readonly protocol?: 2 | 3
  /** Keeps subscriptions that are made without a connection, and renews those of a lost one. */
  readonly subscribes?: boolean
  /** For a check or a measurement at one moment: does not listen to announcements of Sentinels. */
  readonly isBrief?: boolean
}

type SingleServers = Exclude<RedisConnection['servers'], { readonly shape: 'cluster' }>
export type SentinelServers = Extract<SingleServers, { readonly shape: 'sentinel' }>

/** Longest time to connect, in milliseconds. */
const CONNECT_TIMEOUT_MS = SECOND_MS
/** A server that is silent for longer, in milliseconds, is connected to again, instead of waiting for TCP. */
const SILENCE_MS = 1500
/** A Sentinel is silent until it announces something: TCP tests the connection after so many milliseconds. */
const KEEP_ALIVE_MS = 10 * SECOND_MS
/** Milliseconds between reads of the slots of a cluster. A redirection or a lost node is followed at once. */
const SLOTS_INTERVAL_MS = 5 * SECOND_MS

/**
 * Creates a client that is not connected yet. It fails fast and closed: a command is not queued without a
 * connection, and is never sent twice, so that no stale command runs after an outage. Reconnects forever,
 * with jitter.
 */
export function createRedisClient(connection: RedisConnection, options: RedisClientOptions): RedisClient {
  const { servers } = connection
  if (servers.shape === 'cluster') return createCluster(connection, servers.seeds, options)
  const { pipelines = false, subscribes = false, random } = options
  const client = new Redis({
    ...createNodeOptions(connection),
    ...locate(servers),
    db: connection.database,
    protocol: options.protocol ?? 3,
    enableAutoPipelining: pipelines,
    enableOfflineQueue: subscribes,
    autoResubscribe: subscribes,
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    retryStrategy: () => pause(random),
    sentinelRetryStrategy: () => pause(random),
  })
  if (servers.shape === 'sentinel' && !options.isBrief)
    followFailovers(client, servers.name, connectSentinels(servers, random))
  return client
}

/** Without the delayed repetitions of ioredis, which send a command again whose response was lost. */
function createCluster(
  connection: RedisConnection,
  seeds: readonly { readonly host: string; readonly port: number }[],
  { random, protocol = 3, pipelines = false, subscribes = false }: RedisClientOptions,
): Cluster {
  const cluster = new Cluster(
    seeds.map(({ host, port }) => ({ host, port })),
    {
      lazyConnect: true,
      scaleReads: 'master',
      enableAutoPipelining: pipelines,
      enableOfflineQueue: subscribes,
      // It asks a node for the state of the cluster that is still being connected to: see below.
      enableReadyCheck: false,
      clusterRetryStrategy: () => pause(random),
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
      slotsRefreshInterval: SLOTS_INTERVAL_MS,
      // A certificate names the host, not the address that it resolves to.
      ...(connection.tls && { dnsLookup: (address, done) => done(null, address) }),
      redisOptions: { ...createNodeOptions(connection), protocol },
    },
  )
  // Connected before it is needed: a replica that becomes a primary then costs no request a connection.
  cluster.on('+node', (node: Redis) => setImmediate(() => connectNode(node)))
  cluster.on('node error', (error: Error) => cluster.emit('error', error))
  return cluster
}

function connectNode(node: Redis): void {
  if (node.status === 'wait') node.connect().catch(() => undefined)
}

/**
 * Connects, in a cluster to each node. Resolves after a time limit if a server does not respond: the client
 * then keeps reconnecting.
 */
export async function connectRedis(client: RedisClient): Promise<void> {
  const limit = setTimeout(2 * CONNECT_TIMEOUT_MS, undefined, { ref: false })
  await Promise.race([connectNodes(client).catch(() => undefined), limit])
}

async function connectNodes(client: RedisClient): Promise<void> {
  await client.connect()
  if (!(client instanceof Cluster)) return
  const unready = client.nodes('master').filter(({ status }) => status !== 'ready')
  await Promise.all(unready.map((node) => once(node, 'ready')))
}

/** Options of a connection to one server. */
function createNodeOptions({ username, password, tls }: RedisConnection) {
  return {
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(tls && { tls: toTlsOptions(tls) }),
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  } satisfies RedisOptions
}

/**
 * A connection to each Sentinel, which subscribes again after it was lost. Its errors are ignored: a client
 * reports that no Sentinel can be reached.
 */
export function connectSentinels(servers: SentinelServers, random: Random): Redis[] {
  const { username, password } = servers.sentinelCredentials
  const options = {
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(servers.sentinelTls && { tls: toTlsOptions(servers.sentinelTls) }),
    protocol: 2,
    enableReadyCheck: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    maxRetriesPerRequest: null,
    retryStrategy: () => pause(random),
  } as const
  return servers.sentinels.map(({ host, port }) =>
    new Redis({ host, port, ...options }).on('error', () => undefined),
  )
}

function locate(servers: SingleServers) {
  if (servers.shape === 'single') return { host: servers.host, port: servers.port }
  if (servers.shape === 'socket') return { path: servers.path }
  const { sentinels, name, sentinelCredentials, sentinelTls } = servers
  const { username, password } = sentinelCredentials
  return {
    sentinels: sentinels.map(({ host, port }) => ({ host, port })),
    name,
    ...(username !== null && { sentinelUsername: username }),
    ...(password !== null && { sentinelPassword: password }),
    ...(sentinelTls && { sentinelTLS: toTlsOptions(sentinelTls) }),
    enableTLSForSentinelMode: true,
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    // See `followFailovers`.
    failoverDetector: false,
  }
}

function toTlsOptions({ ca, cert, key }: ClientTls) {
  return { ...(ca !== null && { ca }), ...(cert !== null && { cert }), ...(key !== null && { key }) }
}

/** Milliseconds before another attempt to connect; random, so that nodes do not return all at once. */
function pause(random: Random): number {
  return 100 + random.integer(300)
}
