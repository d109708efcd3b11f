import { Prisma } from '../../generated/sqlite/client.ts'
import type { Sessions } from '../../ports/sessions.ts'
import { batchCalls } from '../resilience/batched-calls.ts'
import { isActive } from './account-status.ts'
import type { Database } from './database.ts'
import { toSession } from './rows.ts'
import { ACCOUNT_COLUMNS, toAccount, type AccountColumns } from './session-account.ts'
import { COLUMNS, type SessionColumns } from './session-columns.ts'

/** One session whose number changes from this one to the next. */
interface Rotation {
  readonly id: string
  readonly counter: number
  readonly now: Date
  readonly expiresAt: Date
}

type RotatedRow = SessionColumns & AccountColumns

/**
 * Rotates sessions, each from its number and at most once.
 *
 * On SQLite, rotations that start in one turn of the event loop share one statement: each commit waits for
 * the disk, and SQLite has one writer at a time anyway. On PostgreSQL each has its own: one that waits for
 * the lock of a row must not delay those of other callers, and two that lock several rows could deadlock.
 */
export function createRotation({ dialect, run, runFor }: Database): Sessions['rotate'] {
  const rotateTogether = batchCalls(async (rotations: readonly Rotation[]) => {
    const statement = buildRotations(rotations)
    return assignRows(rotations, await run((prisma) => prisma.$queryRaw<RotatedRow[]>(statement)))
  })
  const rotateAlone = async (rotation: Rotation) => {
    const statement = buildUpdate(rotation, Prisma.empty)
    const [row] = await runFor(rotation.id, (prisma) => prisma.$queryRaw<RotatedRow[]>(statement))
    return row ?? null
  }
  const rotate = dialect === 'sqlite' ? rotateTogether : rotateAlone
  return async (id, counter, now, expiresAt) => {
    const row = await rotate({ id, counter, now, expiresAt })
    return row && { session: toSession(row), user: toAccount(row) }
  }
}

function buildRotations(rotations: readonly Rotation[]): Prisma.Sql {
  const different = new Map(rotations.map((rotation) => [toKey(rotation), rotation]))
  const rows = [...different.values()].map(
    ({ id, counter, now, expiresAt }) => Prisma.sql`(${id}, ${counter}, ${now}, ${expiresAt})`,
  )
  const wanted = {
    id: Prisma.sql`wanted.column1`,
    counter: Prisma.sql`wanted.column2`,
    now: Prisma.sql`wanted.column3`,
    expiresAt: Prisma.sql`wanted.column4`,
  }
  return buildUpdate(wanted, Prisma.sql`FROM (VALUES ${Prisma.join(rows)}) AS wanted`)
}

/** Updates with the values of one rotation, or with the columns of those in `from`. */
function buildUpdate(
  { id, counter, now, expiresAt }: Rotation | Readonly<Record<keyof Rotation, Prisma.Sql>>,
  from: Prisma.Sql,
): Prisma.Sql {
  return Prisma.sql`
    UPDATE sessions SET counter = counter + 1, rotated_at = ${now}, last_used_at = ${now},
      expires_at = CASE WHEN absolute_expires_at < ${expiresAt} THEN absolute_expires_at ELSE ${expiresAt} END
    ${from}
    WHERE sessions.id = ${id} AND counter = ${counter} AND revoked_at IS NULL AND expires_at > ${now}
      AND EXISTS (SELECT 1 FROM users u WHERE u.id = user_id AND ${isActive('u')})
    RETURNING ${COLUMNS}, ${ACCOUNT_COLUMNS}`
}

/** The first of equal rotations gets the row; null for the others, and for those that changed nothing. */
function assignRows(
  rotations: readonly Rotation[],
  rows: readonly RotatedRow[],
): readonly (RotatedRow | null)[] {
  const rowByKey = new Map(rows.map((row) => [toKey({ id: row.id, counter: row.counter - 1 }), row]))
  return rotations.map((rotation) => {
    const key = toKey(rotation)
    const row = rowByKey.get(key) ?? null
    rowByKey.delete(key)
    return row
  })
}

/** Two tokens of one session can be in one turn: the current one, and one that was rotated before. */
function toKey({ id, counter }: Pick<Rotation, 'id' | 'counter'>): string {
  return `${id} ${counter}`
}
