import { randomBytes, randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, LibsqlError, type Client, type ResultSet } from '@libsql/client'
import { Redis } from 'ioredis'
import { migrate } from '../../src/adapters/database/migrations.ts'
import { describeWith, type ServerName } from './servers/binaries.ts'
import { query } from './servers/postgres.ts'
import { requestShared } from './servers/request-shared.ts'
import type { SharedStore } from './servers/shared-resources.ts'

/** A supported combination of database and state store. */
export interface Backend {
  readonly name: string
  readonly servers: readonly ServerName[]
  readonly database: 'sqlite' | 'postgresql'
  readonly store: 'memory' | 'database' | 'redis' | SharedStore
  /** PostgreSQL is reached through PgBouncer in transaction mode. */
  readonly isPooled?: true
}

/** All supported combinations. */
export const BACKENDS: readonly Backend[] = [
  { name: 'SQLite alone', servers: [], database: 'sqlite', store: 'database' },
  { name: 'SQLite and memory', servers: [], database: 'sqlite', store: 'memory' },
  { name: 'PostgreSQL alone', servers: ['postgresql'], database: 'postgresql', store: 'database' },
  { name: 'PostgreSQL and Redis', servers: ['postgresql', 'redis'], database: 'postgresql', store: 'redis' },
]

/** All combinations, and PostgreSQL through a pooler: for the life of a sign-in and its races. */
export const BACKENDS_AND_POOLER: readonly Backend[] = [
  ...BACKENDS,
  {
    ...{ name: 'PostgreSQL through PgBouncer', servers: ['postgresql', 'pgbouncer'], isPooled: true },
    ...{ database: 'postgresql', store: 'database' },
  },
]

/** The combinations, and every other store and shape of Redis: for suites that state what a store must do. */
export const EVERY_STORE: readonly Backend[] = [
  ...BACKENDS_AND_POOLER,
  {
    name: 'SQLite and Redis with ACL and TLS',
    servers: ['redis'],
    database: 'sqlite',
    store: 'redis-secured',
  },
  { name: 'SQLite and Redis Sentinel', servers: ['redis'], database: 'sqlite', store: 'redis-sentinel' },
  { name: 'SQLite and Redis Cluster', servers: ['redis'], database: 'sqlite', store: 'redis-cluster' },
  { name: 'SQLite and Memcached', servers: ['memcached'], database: 'sqlite', store: 'memcached' },
]

/** Declares a suite for each combination. */
export function describeOnEveryBackend(title: string, suite: (backend: Backend) => void): void {
  describeOn(BACKENDS, title, suite)
}

/** The smallest and the largest installation, for long suites that do not depend on the combination. */
export const EXTREMES = BACKENDS.filter(
  ({ name }) => name === 'SQLite alone' || name === 'PostgreSQL and Redis',
)

/** Declares a suite for each of some combinations. */
export function describeOn(
  backends: readonly Backend[],
  title: string,
  suite: (backend: Backend) => void,
): void {
  for (const backend of backends)
    describeWith(backend.servers, `${title}, on ${backend.name}`, () => suite(backend))
}

/** A new temporary folder. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gateway-test-'))
}

/** Deletes a temporary folder. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** The URL of an empty, migrated database. */
export async function freshDatabase(kind: Backend['database'], folder: string): Promise<string> {
  const url = kind === 'sqlite' ? `file:${join(folder, 'gateway.db')}` : await emptyPostgresDatabase()
  await migrate({ url, now: Date.now })
  return url
}

/** The URL of an empty, migrated database through the run's PgBouncer. */
export async function freshPooledDatabase(): Promise<string> {
  const pooler = await requestShared('pgbouncer')
  const url = await emptyPostgresDatabase()
  await migrate({ url, now: Date.now })
  return url.replace(/^.*\//, `${pooler}/`)
}

/** Milliseconds in which a statement waits for the writers of a gateway. */
const LOCK_TIMEOUT_MS = 5000

/** Executes a statement as soon as no other connection, also of this process, holds the lock for writing. */
async function executeUnlocked(client: Client, statement: string): Promise<ResultSet> {
  const deadline = performance.now() + LOCK_TIMEOUT_MS
  for (;;) {
    try {
      return await client.execute(statement)
    } catch (error) {
      const isBusy = error instanceof LibsqlError && error.code === 'SQLITE_BUSY'
      if (!isBusy || performance.now() > deadline) throw error
      await sleep(10)
    }
  }
}

/** Rows of a statement, which runs directly in the database. */
export async function readRows<Row>(url: string, statement: string): Promise<readonly Row[]> {
  if (!url.startsWith('file:')) return (await query(url, statement)).rows as Row[]
  const client = createClient({ url, intMode: 'bigint' })
  const { rows } = await executeUnlocked(client, statement)
  client.close()
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toNumber(value)])),
  ) as unknown as readonly Row[]
}

/** The numbers of posts in the index of words exceed the safe integers of JavaScript. */
function toNumber(value: unknown): unknown {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** The URL of an empty database on the run's PostgreSQL. */
export async function emptyPostgresDatabase(): Promise<string> {
  const shared = await requestShared('postgresql')
  const name = `test_${randomBytes(8).toString('hex')}`
  await query(shared, `CREATE DATABASE ${name}`)
  return shared.replace(/[^/]+$/, name)
}

/** The settings of an empty state store of a combination. */
export async function freshStore({ store }: Pick<Backend, 'store'>): Promise<Record<string, string>> {
  if (store === 'redis') return { STATE_STORE: store, REDIS_URL: await freshRedis() }
  if (store === 'memory' || store === 'database') return { STATE_STORE: store }
  const settings = JSON.parse(await requestShared(store)) as Record<string, string>
  const name = store === 'memcached' ? 'MEMCACHED_PREFIX' : 'REDIS_PREFIX'
  return { ...settings, [name]: `${settings[name] ?? 'gw'}${randomBytes(6).toString('hex')}` }
}

/** The URL of an empty database number of the run's Redis. */
export async function freshRedis(): Promise<string> {
  const shared = await requestShared('redis')
  const url = `${shared}/${randomInt(1, 256)}`
  const client = new Redis(url)
  const size = await client.dbsize()
  client.disconnect()
  return size === 0 ? url : freshRedis()
}
