import type { Random } from '../../core/secrets.ts'
import type { ClaimedMessage } from '../../ports/outbox.ts'

/** Shortest delay between two attempts, in milliseconds. */
const MIN_DELAY_MS = 2000
/** The last attempt is made when a tenth of this lifetime is left, or half a minute if that is less. */
const FINAL_SHARE = 0.1
const MAX_FINAL_MS = 30_000
/** Most that the age grows by, so that few attempts are made early rather than hours apart. */
const MAX_FACTOR = 4

/**
 * The delay until the next attempt, in milliseconds; null when the message expires before it. The age of the
 * message grows by the same factor with each attempt: delays are short at first, and the last attempt is made
 * shortly before the message expires. A jitter of a quarter keeps messages that failed together apart.
 */
export function computeRetryDelay(
  { createdAt, expiresAt }: Pick<ClaimedMessage, 'createdAt' | 'expiresAt'>,
  attemptsLeft: number,
  at: number,
  random: Random,
): number | null {
  const lifetime = expiresAt.getTime() - createdAt.getTime()
  const left = expiresAt.getTime() - Math.min(MAX_FINAL_MS, lifetime * FINAL_SHARE) - at
  if (left <= 0) return null
  const age = Math.max(at - createdAt.getTime(), MIN_DELAY_MS)
  const factor = Math.min(MAX_FACTOR, ((age + left) / age) ** (1 / attemptsLeft))
  const jitter = 0.75 + random.integer(1001) / 2000
  return Math.round(Math.min(Math.max(MIN_DELAY_MS, age * (factor - 1)) * jitter, left))
}
