import { Cluster, type Redis } from 'ioredis'
import type { RedisConnection } from '../../config/groups/redis-connection.ts'
import type { Random } from '../../core/secrets.ts'
import type { Logger } from '../../ports/logger.ts'
import type { SessionReader, StoredValues } from '../../ports/session-reader.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { findOwner } from './redis-cluster.ts'
import { createRedisClient } from './redis-connection.ts'
import { createTracker, type Tracker } from './redis-tracker.ts'

/** Options of the tracked session reader. */
export interface TrackedSessionReaderOptions {
  readonly connection: RedisConnection
  /** Reads what this process does not know. */
  readonly store: Pick<StateStore, 'get'>
  /** First characters of the keys that are tracked. */
  readonly prefixes: readonly string[]
  /** Longest time that a value is used after it was read, in milliseconds. */
  readonly ttlMs: number
  readonly log: Logger
  readonly random: Random
}

/** The server that has some keys of one slot. */
interface Source {
  readonly tracker: Tracker
  /** Reads from this server alone; omitted where the store reads from no other one. */
  readonly read?: (keys: readonly string[]) => Promise<StoredValues>
}

/**
 * Keeps session records and generations of accounts in the memory of this process while Redis promises to
 * report each change of them. The memory is used only while the connection that carries the reports answers:
 * otherwise every request reads the state store.
 */
export function openTrackedSessionReader(options: TrackedSessionReaderOptions): SessionReader {
  const { connection, store } = options
  const toKey = (key: string) => `${connection.prefix}:${key}`
  const sources = openSources({ ...options, prefixes: options.prefixes.map(toKey) })
  /** The values in memory, or a read of them. */
  const find = (keys: readonly string[]): StoredValues | Promise<StoredValues> => {
    if (keys.length === 0) return []
    const names = keys.map(toKey)
    const source = sources.find(names)
    const tracked = source?.tracker.current()
    if (!tracked) return store.get(keys)
    const read = source?.read
    return (
      tracked.find(names) ??
      // A slot that moves: the store follows it, and nothing is kept that this server will not report.
      (read
        ? tracked.read(names, () => read(names)).catch(() => store.get(keys))
        : tracked.read(names, () => store.get(keys)))
    )
  }
  return {
    async read({ session, account, others }) {
      const values = [find(session), find(account)] as const
      const readOthers = readOnce(() => store.get(others))
      const reads = values.filter((value) => value instanceof Promise)
      // Reads that start in one turn share a round trip. Their rejections are those of the functions.
      if (reads.length > 0) for (const read of [...reads, readOthers()]) read.catch(() => undefined)
      return { session: await values[0], account: async () => values[1], others: readOthers }
    },
    close: async () => sources.close(),
  }
}

interface Sources {
  /** The server that has these keys, which are in one slot; null: not known. */
  find(keys: readonly string[]): Source | null
  close(): void
}

function openSources(options: TrackedSessionReaderOptions): Sources {
  const { connection, random } = options
  const client = createRedisClient(connection, { random, protocol: 2 })
  if (client instanceof Cluster) return openNodeSources(client, options)
  const source = { tracker: createTracker(client, options) }
  return { find: () => source, close: () => source.tracker.close() }
}

/**
 * One tracker for each primary of a cluster, because a node reports only the changes of its own keys. A value
 * is kept only if the node that reports its changes has itself returned it.
 */
function openNodeSources(cluster: Cluster, options: TrackedSessionReaderOptions): Sources {
  const sources = new Map<Redis, Source>()
  const open = (node: Redis): Source => {
    const own = node.duplicate({ autoResubscribe: false, enableOfflineQueue: false, retryStrategy: null })
    const read = (keys: readonly string[]) => node.mget([...keys])
    return { tracker: createTracker(own, options), read }
  }
  cluster.on('-node', (node: Redis) => {
    sources.get(node)?.tracker.close()
    sources.delete(node)
  })
  cluster.on('error', () => undefined)
  cluster.connect().catch(() => undefined)
  return {
    find([key = '']) {
      const node = findOwner(cluster, key)
      if (!node) return null
      const source = sources.get(node) ?? open(node)
      sources.set(node, source)
      return source
    },
    close() {
      cluster.disconnect()
      for (const { tracker } of sources.values()) tracker.close()
    },
  }
}

/** The function, which runs at the first call only. */
function readOnce<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined
  return () => (value ??= read())
}
