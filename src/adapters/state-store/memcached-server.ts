import { createHash } from 'node:crypto'
import { MemcacheClient } from 'memcache-client'
import type { MemcachedConfig } from '../../config/groups/memcached.ts'
import { SECOND_MS } from '../../core/duration.ts'

/** An item and the number that changes with it. */
export interface FoundItem {
  readonly data: string
  readonly cas: string
}

/** One Memcached server. Every method is one command. */
export interface MemcachedServer {
  readonly name: string
  /** The data of the keys that have some. */
  get(keys: readonly string[]): Promise<ReadonlyMap<string, string>>
  find(key: string): Promise<FoundItem | null>
  /** Whether the item was stored. `cas`: only if it is still the one that `find` returned. */
  store(command: 'set' | 'add' | 'cas', key: string, data: string, options: StoreOptions): Promise<boolean>
  /** The data after the increment; null: no item. Rejects for data that is not a number. */
  increment(key: string): Promise<string | null>
  delete(key: string): Promise<void>
  /** A group of the statistics of the server. */
  readStatistics(group: string): Promise<ReadonlyMap<string, string>>
  close(): void
}

/** `expiration`: as `toExpirationTime` returns it; -1: at once. */
export interface StoreOptions {
  readonly expiration: number
  readonly cas?: string
}

/**
 * A connection that is silent for longer, in milliseconds, is closed with all its commands. Longer than the
 * time limit of a method, because the client's own timer takes a pause of this process for silence.
 */
const SILENCE_MS = 5000
/** Connections to each server: a large value delays only the commands of its own. */
const MAX_CONNECTIONS = 4

/**
 * Connects to one server at its first command. Of the clients on npm in 2026, `memcache-client` is the one
 * that runs on Node.js 20 and has TLS, CAS and a time limit that closes the connection, so that no response
 * reaches another command. It selects servers at random, so each one has a client of its own.
 */
export function connectMemcached(
  { host, port }: MemcachedConfig['servers'][number],
  tls: MemcachedConfig['tls'],
): MemcachedServer {
  const name = `${host}:${port}`
  const client = new MemcacheClient({
    server: { server: name, maxConnections: MAX_CONNECTIONS },
    cmdTimeout: SILENCE_MS,
    connectTimeout: SECOND_MS,
    noDelay: true,
    ...(tls && { tls: tls.ca === null ? {} : { ca: tls.ca } }),
  })
  return {
    name,
    async get(keys) {
      const found = (await client.get([...keys])) as unknown as Record<string, { readonly value: string }>
      return new Map(Object.entries(found).map(([key, { value }]) => [key, value]))
    },
    async find(key) {
      const found = (await client.gets<string>(key)) as { value: string; casUniq: string } | undefined
      return found ? { data: found.value, cas: found.casUniq } : null
    },
    store: (command, key, data, { expiration: lifetime, cas }) =>
      ignoring(/^(NOT_STORED|EXISTS|NOT_FOUND)/, false, async () => {
        await client.store(command, key, data, { lifetime, ...(cas !== undefined && { casUniq: cas }) })
        return true
      }),
    increment: (key) => ignoring(/^NOT_FOUND/, null, () => client.incr(key, 1)),
    delete: (key) => ignoring(/^NOT_FOUND/, undefined, async () => void (await client.delete(key))),
    async readStatistics(group) {
      const { STAT = [] } = await client.cmd<{ STAT?: string[][] }>(`stats ${group}`)
      return new Map(STAT.map(([item = '', value = '']) => [item, value]))
    },
    close: () => client.shutdown(),
  }
}

/**
 * The server of a key (rendezvous hashing): the same on every node of the gateway. Never another one while it
 * is down, which would start its counters again.
 */
export function chooseServer(servers: readonly MemcachedServer[], key: string): MemcachedServer {
  const scores = servers.map((server) => ({ server, score: toScore(server.name, key) }))
  const [first] = scores.sort((a, b) => (a.score < b.score ? 1 : -1))
  if (!first) throw new Error('no Memcached server is configured')
  return first.server
}

function toScore(server: string, key: string): string {
  return createHash('sha256').update(`${server} ${key}`).digest('hex')
}

/** The result, or `instead` if the server responds that there is nothing to do. */
async function ignoring<T>(response: RegExp, instead: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Error && response.test(error.message)) return instead
    throw error
  }
}
