import { Cluster, type Redis } from 'ioredis'
import type { RedisClient } from './redis-connection.ts'
import { runOnOwner } from './redis-cluster.ts'
import { createAcknowledgedSend, type Send } from './redis-replicas.ts'

/** Sends one write of a key to the node that owns it and returns the response. */
export type Write = <T>(key: string, command: (client: RedisClient) => Promise<T>) => Promise<T>

/** Options of writes. */
export interface WriteOptions {
  readonly client: RedisClient
  /** Replicas that must acknowledge each write; 0: none. */
  readonly replicas: number
  /** Longest wait of Redis for the replicas, in milliseconds. */
  readonly waitMs: number
  /** Longest time, in milliseconds, that a write is queued. Its caller has timed out by then. */
  readonly queueTimeoutMs: number
}

/** Creates the way of writes to one server, or to the nodes of a cluster. */
export function createWrite({ client, replicas, ...timeouts }: WriteOptions): Write {
  if (replicas === 0) return (_key, command) => command(client)
  const createSend = (redis: Redis) => createAcknowledgedSend({ redis, replicas, ...timeouts })
  if (!(client instanceof Cluster)) {
    const send = createSend(client)
    return (_key, command) => send(() => command(client))
  }
  const sends = new WeakMap<Redis, Send>()
  return (key, command) =>
    runOnOwner(client, key, (node, isAsking) => {
      const send = sends.get(node) ?? createSend(node)
      sends.set(node, send)
      return send(() => (isAsking ? runAsking(node, command) : command(node)))
    })
}

/** ASKING concerns the next command of its connection. */
function runAsking<T>(node: Redis, command: (client: RedisClient) => Promise<T>): Promise<T> {
  node.asking().catch(() => undefined)
  return command(node)
}
