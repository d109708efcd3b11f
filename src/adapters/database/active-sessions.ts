import { Prisma } from '../../generated/sqlite/client.ts'
import type { Database, Dialect } from './database.ts'

/**
 * Most rows that are counted, because no index has what is counted: 20 ms of PostgreSQL, and 5 ms of SQLite,
 * in which this process does nothing else.
 */
const MAX_COUNTED_ROWS: Readonly<Record<Dialect, number>> = { postgresql: 100_000, sqlite: 20_000 }
/** Ranges of rows that a sample of SQLite consists of. */
const SAMPLED_RANGES = 100

type Run = Database['run']

/** Sessions that are neither revoked nor expired; an estimate in a table with more rows than `maxCounted`. */
export async function countActiveSessions(
  { run, dialect }: Database,
  now: Date,
  maxCounted = MAX_COUNTED_ROWS[dialect],
): Promise<number> {
  const condition = Prisma.sql`revoked_at IS NULL AND expires_at > ${now}`
  const rows = await (dialect === 'postgresql' ? estimateRows(run) : readLastRow(run))
  if (rows <= maxCounted) return readCount(run, Prisma.sql`FROM sessions WHERE ${condition}`)
  return dialect === 'postgresql' ? estimateRows(run, condition) : sample(run, condition, rows, maxCounted)
}

/** The rows that the planner of PostgreSQL expects, from the last `ANALYZE`. Reads no row. */
async function estimateRows(run: Run, condition = Prisma.sql`TRUE`): Promise<number> {
  const [explained] = await run(
    (prisma) => prisma.$queryRaw<Explained[]>`
      EXPLAIN (FORMAT JSON) SELECT 1 FROM sessions WHERE ${condition}`,
  )
  return explained?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0
}

/** A row of `EXPLAIN (FORMAT JSON)`. */
interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Plan Rows': number } }]
}

/** The number of the last row in SQLite: at least the number of rows, and found without reading them. */
async function readLastRow(run: Run): Promise<number> {
  const [row] = await run(
    (prisma) => prisma.$queryRaw<{ last: bigint | null }[]>`SELECT MAX(rowid) AS last FROM sessions`,
  )
  return Number(row?.last ?? 0)
}

/** The count in evenly spaced ranges of rows, as a part of all `rows`. */
async function sample(run: Run, condition: Prisma.Sql, rows: number, maxCounted: number): Promise<number> {
  const step = Math.ceil(rows / SAMPLED_RANGES)
  const width = Math.ceil(maxCounted / SAMPLED_RANGES)
  const counted = await readCount(
    run,
    Prisma.sql`FROM (
        WITH RECURSIVE ranges(first) AS (
          SELECT 1 UNION ALL SELECT first + ${step} FROM ranges WHERE first + ${step} <= ${rows})
        SELECT first FROM ranges)
      JOIN sessions ON sessions.rowid >= first AND sessions.rowid < first + ${width} WHERE ${condition}`,
  )
  return Math.round((counted * step) / width)
}

async function readCount(run: Run, selection: Prisma.Sql): Promise<number> {
  const [row] = await run(
    (prisma) => prisma.$queryRaw<{ sessions: bigint }[]>`SELECT COUNT(*) AS sessions ${selection}`,
  )
  return Number(row?.sessions ?? 0)
}
