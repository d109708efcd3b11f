import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import {
  isFresh,
  TokenStorageError,
  type Clock,
  type StoredToken,
  type TokenStorage,
} from './token-storage.ts'
import { LEASE_MS, WAIT_FACTOR, waitFor } from './wait.ts'

/** Settings of a Redis storage. */
export interface RedisTokenStorageOptions {
  /** A client of the program, which stays open; or where to connect. */
  readonly redis: Redis | RedisConnection
  /** Beginning of every key. Default: `gateway:`. */
  readonly keyPrefix?: string
  /** How long a process may work exclusively, in milliseconds. Default: 15,000. */
  readonly leaseMs?: number
  readonly now?: Clock
}

/** Where Redis is. */
export interface RedisConnection {
  /** Such as `rediss://user@redis.example.com:6380/0`. */
  readonly url: string
  /** Only if the URL has none. */
  readonly password?: string
}

const SETTING = 'GATEWAY_REDIS_URL'
/** How long Redis may take to connect and to respond, in milliseconds. */
const TIMEOUT_MS = 2000

/** Deletes a hash if it is the one with this token; any if the argument is empty. */
const DELETE_TOKEN = `
  if ARGV[1] == '' or redis.call('HGET', KEYS[1], 'accessToken') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
  return 0`
/** Deletes a lock if its holder is this one. */
const RELEASE = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
  return 0`
/** The fields of a hash with its remaining lifetime, read as one. */
const LOAD = `
  return { redis.call('PTTL', KEYS[1]), redis.call('HGET', KEYS[1], 'accessToken'), redis.call('HGET', KEYS[1], 'scopes') }`

/**
 * Keeps tokens in Redis for programs on several machines. A token is a hash that expires with it; its expiry
 * is told by Redis, so that the clocks of the machines may differ. `ioredis` is loaded only if the program
 * passes no client.
 */
export function createRedisTokenStorage(options: RedisTokenStorageOptions): TokenStorage {
  const { keyPrefix = 'gateway:', leaseMs = LEASE_MS, now = Date.now } = options
  const connection = openConnection(options.redis)
  const toKey = (kind: 'token' | 'lock', name: string) => `${keyPrefix}${kind}:${name}`

  async function load(name: string): Promise<StoredToken | null> {
    const reply = await connection.use((redis) => redis.eval(LOAD, 1, toKey('token', name)))
    const [ttlMs, accessToken, scopes] = reply as [number, string | null, string | null]
    if (accessToken === null || ttlMs <= 0) return null
    return { accessToken, expiresAt: now() + ttlMs, scopes: (scopes ?? '').split(' ').filter(Boolean) }
  }

  async function save(name: string, { accessToken, expiresAt, scopes }: StoredToken): Promise<void> {
    const key = toKey('token', name)
    const ttlMs = Math.floor(expiresAt - now())
    await connection.use(async (redis) => {
      const transaction = redis.multi().del(key)
      if (ttlMs > 0) transaction.hset(key, { accessToken, scopes: scopes.join(' ') }).pexpire(key, ttlMs)
      const [failed] = ((await transaction.exec()) ?? []).filter(([error]) => error !== null)
      if (failed?.[0]) throw failed[0]
    })
  }

  async function exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const [key, id] = [toKey('lock', name), randomUUID()]
    const take = () => connection.use((redis) => redis.set(key, id, 'PX', leaseMs, 'NX'))
    if ((await waitFor(take, WAIT_FACTOR * leaseMs)) === null)
      throw new TokenStorageError(`${SETTING}: another process does not release the lock ${key}.`)
    try {
      return await work()
    } finally {
      // The lock expires if Redis fails now.
      await connection.use((redis) => redis.eval(RELEASE, 1, key, id)).catch(() => undefined)
    }
  }

  return {
    load,
    save,
    exclusively,
    isValid: async (name, marginMs) => isFresh(await load(name), now(), marginMs),
    async delete(name, accessToken = '') {
      await connection.use((redis) => redis.eval(DELETE_TOKEN, 1, toKey('token', name), accessToken))
    },
    close: () => connection.close(),
  }
}

/** A client that is opened at its first use. */
interface Connection {
  /** Rejects with `TokenStorageError` if Redis fails or does not respond. */
  use<Result>(work: (redis: Redis) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

function openConnection(given: Redis | RedisConnection): Connection {
  let client: Promise<Redis> | null = null
  const isOwn = 'url' in given
  const open = async () => {
    if (!isOwn) return given
    const Client = await loadClient()
    return configure(new Client(given.url, toOptions(given)))
  }
  return {
    async use(work) {
      client ??= open()
      try {
        return await work(await client)
      } catch (error) {
        if (error instanceof TokenStorageError) throw error
        const reason = error instanceof Error ? error.message : String(error)
        throw new TokenStorageError(`${SETTING}: Redis failed or did not respond (${reason}).`, {
          cause: error,
        })
      }
    },
    async close() {
      if (isOwn) (await client)?.disconnect()
      client = null
    },
  }
}

function toOptions({ password }: RedisConnection) {
  return {
    ...(password !== undefined && { password }),
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt: number) => Math.min(attempt * 100, TIMEOUT_MS),
  }
}

/** Errors of the connection reject the commands; without a listener they would also be printed. */
function configure(redis: Redis): Redis {
  redis.on('error', () => undefined)
  return redis
}

async function loadClient(): Promise<typeof Redis> {
  try {
    return (await import('ioredis')).Redis
  } catch (error) {
    throw new TokenStorageError('GATEWAY_TOKEN_STORAGE: redis needs the package ioredis. Install it.', {
      cause: error,
    })
  }
}
