import { Prisma } from '../../generated/sqlite/client.ts'
import type { Sessions } from '../../ports/sessions.ts'
import { batchCalls } from '../resilience/batched-calls.ts'
import { isActive } from './account-status.ts'
import type { Database, Dialect } from './database.ts'
import { formatTime } from './json-rows.ts'
import { parseSessionJson, returnSessionJson, type SessionOfAccount } from './session-json.ts'

/** One session whose number changes from this one to the next. */
interface Rotation {
  readonly id: string
  readonly counter: number
  readonly now: Date
  readonly expiresAt: Date
}

/** The same as SQL: values, or columns of `wanted`. */
type RotationSql = Readonly<Record<keyof Rotation, Prisma.Sql>>

const WANTED: RotationSql = {
  id: Prisma.sql`wanted.session_id`,
  counter: Prisma.sql`wanted.number`,
  now: Prisma.sql`wanted.rotates_at`,
  expiresAt: Prisma.sql`wanted.ends_at`,
}

/**
 * Rotates sessions, each from its number and at most once. Rotations that start in one turn of the event loop
 * share one statement, and so one commit, which waits for the disk.
 *
 * On PostgreSQL, that statement skips sessions whose rows are locked: it waits for none of them, and two such
 * statements cannot deadlock. A session that it did not rotate gets a statement of its own, in the share of
 * its caller, which waits for the lock; so does a session that is alone in its turn. SQLite has one writer at
 * a time.
 */
export function createRotation({ dialect, run, runFor }: Database): Sessions['rotate'] {
  const rotateFree = batchCalls(async (rotations: readonly Rotation[]) => {
    if (dialect === 'postgresql' && rotations.length === 1) return [null]
    const statement = buildRotations(dialect, rotations)
    const texts = await run((_prisma, queryTexts) => queryTexts(statement))
    return assignSessions(rotations, parseSessions(dialect, texts))
  })
  const rotateAlone = async (rotation: Rotation) => {
    const statement = buildUpdate(dialect, toSql(rotation))
    const texts = await runFor(rotation.id, (_prisma, queryTexts) => queryTexts(statement))
    return parseSessions(dialect, texts)[0] ?? null
  }
  return async (id, counter, now, expiresAt) => {
    const rotation = { id, counter, now, expiresAt }
    const rotated = await rotateFree(rotation)
    return rotated || dialect === 'sqlite' ? rotated : rotateAlone(rotation)
  }
}

/** Rotates several sessions; on PostgreSQL, those whose rows are not locked. */
function buildRotations(dialect: Dialect, rotations: readonly Rotation[]): Prisma.Sql {
  const different = [...new Map(rotations.map((rotation) => [toKey(rotation), rotation])).values()]
  const rows = dialect === 'sqlite' ? selectRotations(different) : lockFreeSessions(different)
  // Materialized: rows are locked once, and a plan cannot begin with another table.
  const wanted = Prisma.sql`WITH wanted AS MATERIALIZED (${rows})`
  return Prisma.sql`${wanted} ${buildUpdate(dialect, WANTED, Prisma.sql`FROM wanted`)}`
}

/** The rotations as rows of SQLite. */
function selectRotations(rotations: readonly Rotation[]): Prisma.Sql {
  const json = JSON.stringify(
    rotations.map(({ id, counter, now, expiresAt }) => [id, counter, formatTime(now), formatTime(expiresAt)]),
  )
  return Prisma.sql`
    SELECT value ->> 0 AS session_id, value ->> 1 AS number, value ->> 2 AS rotates_at, value ->> 3 AS ends_at
    FROM json_each(${json})`
}

/** Locks the rows of PostgreSQL that have these numbers and are not locked. */
function lockFreeSessions(rotations: readonly Rotation[]): Prisma.Sql {
  const ids = rotations.map(({ id }) => id)
  const counters = rotations.map(({ counter }) => counter)
  const starts = rotations.map(({ now }) => formatTime(now))
  const ends = rotations.map(({ expiresAt }) => formatTime(expiresAt))
  return Prisma.sql`
    SELECT session_id, number, rotates_at, ends_at
    FROM unnest(${ids}::text[], ${counters}::int[], ${starts}::timestamp[], ${ends}::timestamp[])
        AS rotation (session_id, number, rotates_at, ends_at)
      JOIN sessions ON sessions.id = session_id AND counter = number
    FOR NO KEY UPDATE OF sessions SKIP LOCKED`
}

/** Updates with the values of one rotation, or with the columns of those in `from`. */
function buildUpdate(
  dialect: Dialect,
  { id, counter, now, expiresAt }: RotationSql,
  from = Prisma.empty,
): Prisma.Sql {
  return Prisma.sql`
    UPDATE sessions SET counter = counter + 1, rotated_at = ${now}, last_used_at = ${now},
      expires_at = CASE WHEN absolute_expires_at < ${expiresAt} THEN absolute_expires_at ELSE ${expiresAt} END
    ${from}
    WHERE sessions.id = ${id} AND counter = ${counter} AND revoked_at IS NULL AND expires_at > ${now}
      AND (SELECT ${isActive('u')} FROM users u WHERE u.id = user_id)
    RETURNING ${returnSessionJson(dialect)}`
}

function toSql({ id, counter, now, expiresAt }: Rotation): RotationSql {
  return {
    id: Prisma.sql`${id}`,
    counter: Prisma.sql`${counter}`,
    now: Prisma.sql`${now}`,
    expiresAt: Prisma.sql`${expiresAt}`,
  }
}

function parseSessions(dialect: Dialect, texts: readonly (string | null)[]): SessionOfAccount[] {
  return texts.flatMap((text) => (text === null ? [] : [parseSessionJson(dialect, text)]))
}

/** The first of equal rotations gets the session; null for the others, and for those that changed nothing. */
function assignSessions(
  rotations: readonly Rotation[],
  sessions: readonly SessionOfAccount[],
): readonly (SessionOfAccount | null)[] {
  const rotatedByKey = new Map(
    sessions.map((rotated) => [
      toKey({ id: rotated.session.id, counter: rotated.session.counter - 1 }),
      rotated,
    ]),
  )
  return rotations.map((rotation) => {
    const key = toKey(rotation)
    const rotated = rotatedByKey.get(key) ?? null
    rotatedByKey.delete(key)
    return rotated
  })
}

/** Two tokens of one session can be in one turn: the current one, and one that was rotated before. */
function toKey({ id, counter }: Pick<Rotation, 'id' | 'counter'>): string {
  return `${id} ${counter}`
}
