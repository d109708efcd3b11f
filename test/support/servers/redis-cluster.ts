import type { Redis } from 'ioredis'
import type { RedisConnection } from '../../../src/config/groups/redis-connection.ts'
import { eventually, freePort } from './processes.ts'
import { runOn, startRedis, type RedisServer } from './redis.ts'

/** A Redis Cluster. */
export interface RedisClusterServers {
  /** `host:port` of the primaries, as `REDIS_CLUSTER` takes them. */
  readonly seeds: string
  readonly connection: RedisConnection
  readonly primaries: readonly RedisServer[]
  readonly replicas: readonly RedisServer[]
  /** Runs commands on a node. */
  onNode<T>(node: RedisServer, work: (client: Redis) => Promise<T>): Promise<T>
  /** Moves a slot to another primary. Between its two calls of `during` the slot is migrating. */
  moveSlot(slot: number, to: RedisServer, during?: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

const SLOTS = 16_384

/** Options of a cluster. `replicas`: of each primary; `extra`: arguments of each server. */
export interface ClusterOptions {
  readonly primaries?: number
  readonly replicas?: number
  readonly extra?: readonly string[]
}

/** Starts a cluster of three primaries by default. A node that is silent for two seconds has failed. */
export async function startRedisCluster(options: ClusterOptions = {}): Promise<RedisClusterServers> {
  const { primaries: count = 3, replicas: copies = 0, extra = [] } = options
  const startNode = async () => startRedis([...(await nodeArguments()), ...extra])
  const nodes = await Promise.all(Array.from({ length: count * (1 + copies) }, startNode))
  const [primaries, replicas] = [nodes.slice(0, count), nodes.slice(count)]
  await Promise.all(
    primaries.map((node, index) => runOn(node, (client) => assignSlots(client, index, count))),
  )
  await meet(nodes)
  await Promise.all(
    replicas.map(async (node, index) => {
      const primary = primaries[index % count]
      const id = primary && (await runOn(primary, (client) => client.cluster('MYID')))
      await eventually(() =>
        runOn(node, (client) => client.cluster('REPLICATE', String(id)).then(() => true)),
      )
    }),
  )
  await Promise.all(
    nodes.map((node) => eventually(() => runOn(node, (client) => isComplete(client, nodes.length, copies)))),
  )
  return {
    seeds: primaries.map(({ port }) => `127.0.0.1:${port}`).join(),
    connection: {
      servers: { shape: 'cluster', seeds: primaries.map(({ port }) => ({ host: '127.0.0.1', port })) },
      ...{ username: null, password: null, database: 0, tls: null, prefix: 'gw' },
    },
    primaries,
    replicas,
    onNode: runOn,
    moveSlot: (slot, to, during) => moveSlot(primaries, slot, to, during ?? (async () => undefined)),
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  }
}

async function nodeArguments(): Promise<string[]> {
  const busPort = String(await freePort())
  return [
    ...['--cluster-enabled', 'yes', '--cluster-port', busPort, '--cluster-node-timeout', '2000'],
    // A cluster has one database; a replica that is new may replace its primary, too.
    ...['--databases', '1', '--cluster-replica-validity-factor', '0', '--repl-diskless-sync-delay', '0'],
    // A replica is listed once it has received something.
    ...['--repl-ping-replica-period', '1'],
  ]
}

async function assignSlots(client: Redis, index: number, count: number): Promise<void> {
  const [first, next] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / count))
  await client.call('CLUSTER', ['ADDSLOTSRANGE', String(first), String(Number(next) - 1)])
  await client.call('CLUSTER', ['SET-CONFIG-EPOCH', String(index + 1)])
}

async function meet([first, ...others]: readonly RedisServer[]): Promise<void> {
  if (!first) throw new Error('a cluster needs nodes')
  const bus = await Promise.all(
    others.map((node) => runOn(node, (client) => client.config('GET', 'cluster-port'))),
  )
  await runOn(first, async (client) => {
    for (const [index, { port }] of others.entries())
      await client.call('CLUSTER', ['MEET', '127.0.0.1', String(port), String((bus[index] as string[])[1])])
  })
}

/** Whether a node serves, and tells clients of every primary and replica. */
async function isComplete(client: Redis, nodes: number, copies: number): Promise<boolean> {
  const info = String(await client.cluster('INFO'))
  const slots = await client.cluster('SLOTS')
  const members = slots.map(([, , ...servers]) => servers.length)
  const isListed = members.length === nodes / (1 + copies) && members.every((count) => count === 1 + copies)
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes}`) && isListed
}

/** As `redis-cli --cluster reshard` does it. */
async function moveSlot(
  primaries: readonly RedisServer[],
  slot: number,
  to: RedisServer,
  during: () => Promise<void>,
): Promise<void> {
  const from = await findOwner(primaries, slot)
  const [source, target] = await Promise.all(
    [from, to].map((node) => runOn(node, (client) => client.cluster('MYID'))),
  )
  const setSlot = (node: RedisServer, ...args: readonly string[]) =>
    runOn(node, (client) => client.call('CLUSTER', ['SETSLOT', String(slot), ...args]))
  await setSlot(to, 'IMPORTING', String(source))
  await setSlot(from, 'MIGRATING', String(target))
  await during()
  await runOn(from, async (client) => {
    for (;;) {
      const keys = (await client.call('CLUSTER', ['GETKEYSINSLOT', String(slot), '100'])) as string[]
      if (keys.length === 0) return
      await client.call('MIGRATE', ['127.0.0.1', String(to.port), '', '0', '1000', 'KEYS', ...keys])
    }
  })
  await during()
  for (const node of [to, from, ...primaries]) await setSlot(node, 'NODE', String(target))
}

async function findOwner(primaries: readonly RedisServer[], slot: number): Promise<RedisServer> {
  for (const node of primaries) {
    const slots = await runOn(node, (client) => client.cluster('SLOTS'))
    const range = slots.find(([first, last]) => first <= slot && slot <= last)
    const owner = primaries.find(({ port }) => port === range?.[2]?.[1])
    if (owner) return owner
  }
  throw new Error(`slot ${slot} has no owner`)
}
