import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { TABLES, type Cell, type RecordedStores, type Row } from '../../scripts/record-stores.ts'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import {
  freshDatabase,
  freshRedis,
  removeFolder,
  readRows,
  temporaryFolder,
  type Backend,
} from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const file = join(import.meta.dirname, '../fixtures/stores-0.1.json')
/** The stores of an earlier version. */
export const recorded = JSON.parse(readFileSync(file, 'utf8')) as RecordedStores
/** The clock of the recording, which does not move. */
export const now = () => Date.parse(recorded.at)

/** Two nodes of this version. */
export interface Nodes {
  readonly gateway: TestGateway
  readonly sibling: TestGateway
  close(): Promise<void>
}

/** Starts two nodes of this version on the recorded stores. */
export async function startOnRecorded(backend: Backend): Promise<Nodes> {
  const folder = temporaryFolder()
  const DATABASE_URL = await freshDatabase(backend.database, folder)
  // Nodes of that version insert such rows too: an unknown column must not prevent it.
  for (const table of TABLES)
    if (table !== 'state_entries' || backend.store === 'database')
      for (const row of recorded.tables[table]) await readRows(DATABASE_URL, buildInsert(table, row))
  const redis = backend.store === 'redis' ? { REDIS_URL: await filledRedis() } : {}
  const gateway = await startGateway(
    backend,
    { DATABASE_URL, GATEWAY_SECRET: recorded.secret, ...redis },
    backend.store === 'memory' ? { now, store: await filledMemory() } : { now },
  )
  const sibling = await gateway.sibling()
  return {
    gateway,
    sibling,
    async close() {
      await sibling.app.close()
      await gateway.close()
      removeFolder(folder)
    },
  }
}

/** One statement for both databases. */
function buildInsert(table: string, row: Row): string {
  const values = Object.values(row).map(toLiteral)
  return `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${values.join(', ')})`
}

function toLiteral(cell: Cell): string {
  return typeof cell === 'string' ? `'${cell.replaceAll("'", "''")}'` : String(cell).toUpperCase()
}

/** The entries of the state store with their remaining time to live. */
const entries = recorded.tables.state_entries.map(({ key, value, expires_at: end }) => ({
  key: String(key),
  value: String(value),
  ttlMs: Number(end) - now(),
}))

async function filledRedis(): Promise<string> {
  const url = await freshRedis()
  const redis = new Redis(url)
  for (const { key, value, ttlMs } of entries) await redis.set(`gw:${key}`, value, 'PX', ttlMs)
  redis.disconnect()
  return url
}

async function filledMemory(): Promise<StateStore> {
  const store = createMemoryStore({ now })
  for (const { key, value, ttlMs } of entries) await store.set(key, value, ttlMs)
  return store
}
