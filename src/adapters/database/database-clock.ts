import { MINUTE_MS, SECOND_MS } from '../../core/duration.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Database } from './database.ts'

/** The time of the database server, which all nodes share. */
export interface DatabaseClock {
  readonly now: Clock
  /** Stops measuring. */
  close(): void
}

/** Options of the clock. */
export interface DatabaseClockOptions {
  readonly log: Logger
  /** The clock of this machine. */
  readonly local: Clock
}

/** Interval between two measurements, in milliseconds. */
const INTERVAL_MS = 30 * SECOND_MS
/** Requests of one measurement; the fastest is the most exact. */
const SAMPLES = 3
/**
 * Largest difference that is corrected, in milliseconds: two nodes whose clocks are a minute off in opposite
 * directions. With a larger one either clock can be the wrong one, and the clock of this machine stays.
 */
const MAX_OFFSET_MS = 2 * MINUTE_MS
/** Smallest difference that is logged, in milliseconds. */
const LOGGED_MS = 2 * SECOND_MS

/**
 * A clock that agrees on all nodes: the clock of this machine, corrected by its difference from the one of
 * the PostgreSQL server, which is measured at the start and twice a minute (Cristian's algorithm). Times that
 * one node writes and another one compares would otherwise end codes, links and sessions early or late by the
 * difference. Processes on one SQLite file run on one machine and share its clock.
 */
export async function openDatabaseClock(
  database: Database,
  { log, local }: DatabaseClockOptions,
): Promise<DatabaseClock> {
  if (database.dialect === 'sqlite') return { now: local, close: () => undefined }
  const report = createReport(log)
  let offset = 0
  async function measure(): Promise<void> {
    // Without an answer the last difference stays in use.
    const measured = await measureOffset(database, local).catch(() => null)
    if (measured === null) return
    offset = Math.abs(measured) <= MAX_OFFSET_MS ? measured : 0
    report(measured)
  }
  await measure()
  const timer = setInterval(() => void measure(), INTERVAL_MS)
  timer.unref()
  return { now: () => local() + offset, close: () => clearInterval(timer) }
}

/** Milliseconds by which the clock of the database server is ahead, exact to half a round trip. */
export async function measureOffset(database: Database, local: Clock): Promise<number> {
  let best = { roundTrip: Infinity, offset: 0 }
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const [sentAt, started] = [local(), performance.now()]
    const [row] = await database.run(
      (prisma) => prisma.$queryRaw<{ at: bigint }[]>`
        SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS at`,
    )
    const roundTrip = performance.now() - started
    if (row && roundTrip < best.roundTrip)
      best = { roundTrip, offset: Math.round(Number(row.at) - sentAt - roundTrip / 2) }
  }
  return best.offset
}

/** Logs a difference when it appears and when it changes. */
function createReport(log: Logger): (offset: number) => void {
  let reported = 0
  return (offset) => {
    if (Math.abs(offset - reported) < LOGGED_MS) return
    reported = offset
    const facts = { differenceMs: offset }
    if (Math.abs(offset) > MAX_OFFSET_MS)
      log.error(
        { event: 'clock.wrong', ...facts },
        'the clock of this node differs from the one of the database server by more than two minutes',
      )
    else
      log.warn(
        { event: 'clock.corrected', ...facts },
        'the clock of this node differs from the one of the database server, which is used',
      )
  }
}
