import type { Prisma } from '../../generated/sqlite/client.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Database } from './database.ts'
import { openDatabase, type DatabaseOptions } from './open-database.ts'

/** Milliseconds for which a replica that is behind, or has failed, is not asked again. */
const PAUSE_MS = 100

/** A streaming replica of PostgreSQL. */
export interface ReadReplica {
  /**
   * The rows of a read, if the replica has replayed the log of the primary up to `position`. Null: it has
   * not, or it does not respond, and the primary must be asked.
   */
  read<Row>(callerId: string, statement: Prisma.Sql, position: string): Promise<Row[] | null>
  close(): Promise<void>
}

/** Opens the replica of a `postgresql:` URL. It needs not be reachable. */
export async function openReadReplica(
  url: string,
  options: DatabaseOptions & { readonly log: Logger },
): Promise<ReadReplica> {
  const database = await openDatabase(url, { ...options, server: 'replica' })
  const report = createReport(options.log)
  let pausedUntil = 0

  async function query<Row>(
    callerId: string,
    statement: Prisma.Sql,
    position: string,
  ): Promise<Row[] | null> {
    // Two statements of one session, and the state of the replica first: within one statement it could be
    // newer than the snapshot that the rows come from. Without a replay there is no state: a primary, or a
    // server with another kind of replication.
    const [[state], rows] = await database.runFor(callerId, (prisma) =>
      prisma.$transaction([
        prisma.$queryRaw<{ current: boolean | null }[]>`
          SELECT pg_last_wal_replay_lsn() >= CAST(${position} AS pg_lsn) AND pg_is_in_recovery() AS current`,
        prisma.$queryRaw<Row[]>(statement),
      ]),
    )
    return state?.current === true ? rows : null
  }

  return {
    async read<Row>(callerId: string, statement: Prisma.Sql, position: string) {
      if (performance.now() < pausedUntil) return null
      try {
        const rows = await query<Row>(callerId, statement, position)
        report(null)
        if (rows === null) pausedUntil = performance.now() + PAUSE_MS
        return rows
      } catch (error) {
        report(error)
        pausedUntil = performance.now() + PAUSE_MS
        return null
      }
    },
    close: () => database.close(),
  }
}

/**
 * The position in the log of the primary that every change so far is before; null if it cannot be read, or
 * on SQLite. A commit is acknowledged once it is flushed, unless `synchronous_commit` is off. A replica gets
 * what is inserted and not flushed only after seconds without load.
 */
export async function readPosition(database: Database): Promise<string | null> {
  if (database.dialect === 'sqlite') return null
  try {
    const [row] = await database.run(
      (prisma) => prisma.$queryRaw<{ position: string }[]>`
        SELECT CAST(CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
          ELSE pg_current_wal_flush_lsn() END AS text) AS position`,
    )
    return row?.position ?? null
  } catch {
    return null
  }
}

/** Logs when the replica fails, and when it responds again. */
function createReport(log: Logger): (error: unknown) => void {
  let hasFailed = false
  return (error) => {
    if (hasFailed === (error !== null)) return
    hasFailed = error !== null
    if (hasFailed)
      log.warn(
        { event: 'database.replica_unavailable', err: error },
        'the read replica does not respond: lists are read from the primary',
      )
    else log.info({ event: 'database.replica_available' }, 'the read replica responds again')
  }
}
