import { Prisma } from '../../generated/sqlite/client.ts'
import { MINUTE_MS } from '../../core/duration.ts'
import { unavailable } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import { assertKey, assertTtl, assertValue, type StateStore } from '../../ports/state-store.ts'
import type { Database, Dialect, QueryTexts } from '../database/database.ts'
import { batchLookups } from '../database/batched-lookup.ts'
import { matchValues, parseRows, selectJson } from '../database/json-rows.ts'
import { keepUnchangedRows } from '../database/unchanged-rows.ts'
import { createDatabaseCounters } from './database-counters.ts'

/** Most rows that one sweep deletes, so that it does not hold the write lock for long. */
const MAX_SWEPT_ROWS = 1000

/** Options of the database store. */
export interface DatabaseStoreOptions {
  readonly database: Database
  readonly now: Clock
  /** Milliseconds between deletions of expired rows. */
  readonly sweepIntervalMs?: number
}

/** A row of `state_entries`. */
interface Entry {
  readonly key: string
  readonly value: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/**
 * State in the table `state_entries` of the SQL database: needs no further server, and codes and counters
 * survive a restart. Every method is one statement that works on both databases. Expired rows are treated as
 * absent, whether or not they have been deleted. `close` stops the sweeps, but does not close the database.
 * On SQLite, a `Database` can have one store: another one would not see its counts (`keepUnchangedRows`).
 */
export function createDatabaseStore({
  database,
  now,
  sweepIntervalMs = MINUTE_MS,
}: DatabaseStoreOptions): StateStore {
  let closed = false
  const timer = setInterval(() => void sweep().catch(() => undefined), sweepIntervalMs)
  timer.unref()

  const requireOpen = () => {
    if (closed) throw unavailable(new Error('the store is closed'))
  }

  async function query<Row>(statement: Prisma.Sql): Promise<Row[]> {
    requireOpen()
    return database.run((prisma) => prisma.$queryRaw<Row[]>(statement))
  }

  /** Concurrent work on one key, such as guesses at one code, uses a share of the connections. */
  async function queryKey<Row>(key: string, statement: Prisma.Sql): Promise<Row[]> {
    requireOpen()
    return database.runFor(key, (prisma) => prisma.$queryRaw<Row[]>(statement))
  }

  const queryTexts: QueryTexts = async (statement) => {
    requireOpen()
    return database.run((_prisma, runStatement) => runStatement(statement))
  }

  const getKey = ({ key }: Entry) => key
  const entries = keepUnchangedRows({
    load: async (keys) => {
      const [text = null] = await queryTexts(selectEntries(database.dialect, keys))
      return parseRows<Entry>(text)
    },
    getKey,
    readVersion: database.readVersion,
  })
  const findEntry = batchLookups((keys) => (requireOpen(), entries.read(keys)), getKey)

  async function sweep(): Promise<void> {
    await query(Prisma.sql`
      DELETE FROM state_entries WHERE key IN (SELECT key FROM state_entries WHERE expires_at <= ${BigInt(now())} LIMIT ${MAX_SWEPT_ROWS})
      RETURNING 1 AS deleted`)
  }

  return {
    async get(keys) {
      keys.forEach(assertKey)
      const found = await Promise.all(keys.map(findEntry))
      const at = now()
      return found.map((row) => (row && row.expiresAt > at ? row.value : null))
    },

    async set(key, value, ttlMs, options) {
      assertKey(key)
      assertValue(value)
      const at = now()
      const condition = options?.ifAbsent
        ? Prisma.sql`WHERE state_entries.expires_at <= ${BigInt(at)}`
        : Prisma.empty
      const written = await queryKey(
        key,
        Prisma.sql`
          INSERT INTO state_entries (key, value, expires_at) VALUES (${key}, ${value}, ${BigInt(at + assertTtl(ttlMs))})
          ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at ${condition}
          RETURNING 1 AS written`,
      )
      return written.length === 1
    },

    async compareAndSet(key, expected, next, ttlMs) {
      assertKey(key)
      assertValue(next)
      const at = now()
      const written = await queryKey(
        key,
        Prisma.sql`
          UPDATE state_entries SET value = ${next}, expires_at = ${BigInt(at + assertTtl(ttlMs))}
          WHERE key = ${key} AND value = ${expected} AND expires_at > ${BigInt(at)}
          RETURNING 1 AS written`,
      )
      return written.length === 1
    },

    async take(key) {
      assertKey(key)
      const [row] = await queryKey<{ value: string }>(
        key,
        Prisma.sql`
          DELETE FROM state_entries WHERE key = ${key} AND expires_at > ${BigInt(now())} RETURNING value`,
      )
      return row?.value ?? null
    },

    ...createDatabaseCounters({ dialect: database.dialect, queryTexts, now, onCounted: entries.forget }),

    async delete(keys) {
      keys.forEach(assertKey)
      if (keys.length > 0)
        await query(
          Prisma.sql`DELETE FROM state_entries WHERE key IN (${Prisma.join([...keys])}) RETURNING 1 AS deleted`,
        )
    },

    ping: async () => void (await query(Prisma.sql`SELECT 1 AS alive`)),

    async close() {
      closed = true
      clearInterval(timer)
    },
  }
}

/** The entries of some keys, also expired ones, as one text. */
function selectEntries(dialect: Dialect, keys: readonly string[]): Prisma.Sql {
  const rows = Prisma.sql`
    SELECT key, value, expires_at AS "expiresAt" FROM state_entries
    WHERE ${matchValues(dialect, Prisma.sql`key`, keys)}`
  return selectJson(dialect, Prisma.sql`'key', key, 'value', value, 'expiresAt', "expiresAt"`, rows)
}
