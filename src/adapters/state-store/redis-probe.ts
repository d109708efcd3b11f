import { Cluster } from 'ioredis'
import { newId, type Random } from '../../core/secrets.ts'
import { findSlot } from './redis-cluster.ts'
import type { RedisClient } from './redis-connection.ts'
import { COMPARE_AND_SET, INCREMENT, runScript } from './redis-scripts.ts'

/** Lifetime of a key of the probe, in milliseconds, if the probe ends before it is deleted. */
const PROBE_TTL_MS = 5000
/** Most hash tags that are tried until every node has one: enough for hundreds of nodes. */
const MAX_TAGS = 16_384

/**
 * Runs each command and script of the store, on each primary, with keys of its own. Rejects with the error of
 * the first that fails: a server that answers PING can still refuse writes (READONLY, OOM), own no slots
 * (MOVED) or forbid a command (NOPERM). Replicas are not waited for.
 */
export async function probeRedis(client: RedisClient, prefix: string, random: Random): Promise<void> {
  const id = newId(random)
  const tags = client instanceof Cluster ? listNodeTags(client) : ['']
  await Promise.all(tags.map((tag) => probeNode(client, `${prefix}:probe:${tag}${id}`)))
}

/** The commands have an order on the connection of the node, so they are sent at once. */
async function probeNode(client: RedisClient, key: string): Promise<void> {
  const counter = `${key}:count`
  const write = <T>(_key: string, command: (client: RedisClient) => Promise<T>) => command(client)
  await Promise.all([
    client.set(key, 'a', 'PX', PROBE_TTL_MS, 'NX'),
    client.mget(key),
    runScript(write, COMPARE_AND_SET, [key], ['a', 'b', PROBE_TTL_MS]),
    runScript(write, INCREMENT, [counter], [PROBE_TTL_MS]),
  ])
  await Promise.all([client.getdel(key), client.del(counter)])
}

/** One hash tag in the slots of each primary. Throws while slots have no owner. */
function listNodeTags(cluster: Cluster): string[] {
  const owners = new Set(cluster.slots.map(([owner]) => owner))
  const tags = new Map<string, string>()
  for (let number = 0; tags.size < owners.size && number < MAX_TAGS; number += 1) {
    const tag = `{${number}}`
    const owner = cluster.slots[findSlot(tag)]?.[0]
    if (owner !== undefined && !tags.has(owner)) tags.set(owner, tag)
  }
  if (tags.size === 0) throw new Error('no node of the cluster is known')
  return [...tags.values()]
}
