import { Prisma } from '../../generated/sqlite/client.ts'
import type { Dialect } from '../database/database.ts'
import { batchCalls } from '../resilience/batched-calls.ts'

/** One increment of a counter. `windowMs`: of the window that it opens, if none is open. */
export interface Increment {
  readonly key: string
  readonly windowMs: number
}

/** Increments of one counter together. */
interface KeyedIncrements extends Increment {
  readonly amount: number
}

/** A counter after an increment. */
export interface CounterRow {
  readonly key: string
  readonly value: string
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** The value after one increment, and the end of the window in milliseconds since the Unix epoch. */
interface Counted {
  readonly count: number
  readonly expiresAt: number
}

/**
 * Counts; increments that start in one turn of the event loop, also those of different requests, share one
 * statement. On SQLite each write waits for the disk, so that a statement of its own would cost each request
 * one wait. Each increment gets a value of its own: the order of those of one counter is that of the calls.
 * Null for a value that is not a counter. If the statement fails, all its increments fail.
 */
export function batchIncrements(
  write: (increments: readonly KeyedIncrements[]) => Promise<readonly CounterRow[]>,
): (increment: Increment) => Promise<Counted | null> {
  return batchCalls(async (increments) => {
    const rows = await write(sumByKey(increments))
    return assignCounts(increments, new Map(rows.map((row) => [row.key, row])))
  })
}

/** Sorted by key, so that statements of two nodes lock the rows in one order and never deadlock. */
function sumByKey(increments: readonly Increment[]): KeyedIncrements[] {
  const sums = new Map<string, KeyedIncrements>()
  for (const increment of increments) {
    const { amount } = sums.get(increment.key) ?? { amount: 0 }
    sums.set(increment.key, { amount: amount + 1, ...increment })
  }
  return [...sums.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** The last increment of a counter gets the value of the row, the one before it one less. */
function assignCounts(
  increments: readonly Increment[],
  rows: ReadonlyMap<string, CounterRow>,
): (Counted | null)[] {
  const later = new Map<string, number>()
  return increments
    .toReversed()
    .map(({ key }) => {
      const row = rows.get(key)
      const offset = later.get(key) ?? 0
      later.set(key, offset + 1)
      const count = Number(row?.value) - offset
      return row && Number.isSafeInteger(count) ? { count, expiresAt: row.expiresAt } : null
    })
    .toReversed()
}

/**
 * The statement: opens windows, adds to open ones, and skips values that are not counters. Its text does not
 * depend on the number of increments, so that it is prepared once. `mark`: a comment that it begins with.
 */
export function buildIncrement(
  dialect: Dialect,
  mark: Prisma.Sql,
  increments: readonly KeyedIncrements[],
  now: number,
): Prisma.Sql {
  const isExpired = Prisma.sql`state_entries.expires_at <= ${BigInt(now)}`
  const rows = JSON.stringify(
    increments.map(({ key, windowMs, amount }) => [key, String(amount), now + windowMs]),
  )
  return Prisma.sql`${mark}
    INSERT INTO state_entries (key, value, expires_at) ${selectRows(dialect, rows)}
    ON CONFLICT (key) DO UPDATE SET
      value = CASE WHEN ${isExpired} THEN excluded.value
        ELSE CAST(CAST(state_entries.value AS BIGINT) + CAST(excluded.value AS BIGINT) AS TEXT) END,
      expires_at = CASE WHEN ${isExpired} THEN excluded.expires_at ELSE state_entries.expires_at END
    WHERE ${isExpired} OR (state_entries.value <> '' AND LENGTH(state_entries.value) < 17 AND TRIM(state_entries.value, '0123456789') = '')
    RETURNING ${dialect === 'postgresql' ? Prisma.sql`json_build_array(key, value, expires_at)::text` : Prisma.sql`json_array(key, value, expires_at)`}`
}

/** The rows of a JSON text, in their order. SQLite takes the condition to know that no join follows. */
function selectRows(dialect: Dialect, rows: string): Prisma.Sql {
  return dialect === 'postgresql'
    ? Prisma.sql`SELECT r ->> 0, r ->> 1, (r ->> 2)::bigint FROM json_array_elements(${rows}::json) AS r`
    : Prisma.sql`SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${rows}) WHERE true`
}

/** The rows of the texts that the statement returns. */
export function parseCounters(texts: readonly (string | null)[]): CounterRow[] {
  return texts.map((text) => {
    const [key, value, expiresAt] = JSON.parse(text ?? '') as [string, string, number]
    return { key, value, expiresAt }
  })
}
