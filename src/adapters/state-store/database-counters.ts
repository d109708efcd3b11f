import { Prisma } from '../../generated/sqlite/client.ts'
import { unavailable } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import { assertKey, assertTtl, type Count, type StateStore } from '../../ports/state-store.ts'
import type { Dialect, QueryTexts } from '../database/database.ts'
import { batchIncrements, buildIncrement, parseCounters } from './batched-increment.ts'
import { toReservation } from './reservation.ts'

/** Begins a statement whose effect may be lost in a power failure: see `sqlite-connection.ts`. */
const UNSYNCED = Prisma.sql`/* unsynced */`

/** Dependencies of the counters. */
export interface CounterDependencies {
  readonly dialect: Dialect
  readonly queryTexts: QueryTexts
  readonly now: Clock
  /** Called with the keys of counters that were claimed, before their counts are returned. */
  readonly onCounted: (keys: readonly string[]) => void
}

/**
 * Counters in the table `state_entries`. Almost every request claims a place of a limit by `reserve`, which
 * may be claimed again after a power failure. Attempts at a code are counted by `increment`, and stay
 * counted.
 */
export function createDatabaseCounters({
  dialect,
  queryTexts,
  now,
  onCounted,
}: CounterDependencies): Pick<StateStore, 'increment' | 'reserve'> {
  const batch = (mark: Prisma.Sql) =>
    batchIncrements(async (increments) => {
      try {
        return parseCounters(await queryTexts(buildIncrement(dialect, mark, increments, now())))
      } finally {
        // Also after a failure: the statement may have been committed.
        onCounted(increments.map(({ key }) => key))
      }
    })
  const [count, claim] = [batch(Prisma.empty), batch(UNSYNCED)]

  async function increment(run: typeof count, key: string, windowMs: number): Promise<Count> {
    assertKey(key)
    const counted = await run({ key, windowMs: assertTtl(windowMs) })
    if (!counted) throw unavailable(new Error('the value is not a counter'))
    // Relative to the response, which may have been delayed, so that the clock plus this is the end of the
    // window.
    return { count: counted.count, resetsInMs: Math.max(0, counted.expiresAt - now()) }
  }

  return {
    increment: (key, windowMs) => increment(count, key, windowMs),
    reserve: async (key, { max, windowMs }) => toReservation(await increment(claim, key, windowMs), max),
  }
}
