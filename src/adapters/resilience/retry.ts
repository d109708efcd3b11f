import { DelegateBackoff, handleWhen, retry } from 'cockatiel'
import type { Random } from '../../core/secrets.ts'

/** When work is retried, and for how long. */
export interface RetryOptions {
  readonly isRetryable: (error: unknown) => boolean
  /** No attempt starts later than this many milliseconds after the first. */
  readonly timeoutMs: number
  /** Milliseconds between attempts, before jitter: doubled after each attempt, from `min` to `max`. */
  readonly pauses: { readonly min: number; readonly max: number }
  readonly random: Random
}

/** The result of the work, retried while it fails with a retryable error. Rejects with the last error. */
export function retryUntilTimeout<T>(
  work: () => Promise<T>,
  { isRetryable, timeoutMs, pauses, random }: RetryOptions,
): Promise<T> {
  const lastFailure = performance.now() + timeoutMs - addJitter(pauses.max, 1)
  // cockatiel limits the number of attempts, not their time, so the policy is created per call with its own
  // deadline.
  const policy = retry(
    handleWhen((error) => isRetryable(error) && performance.now() <= lastFailure),
    {
      maxAttempts: Infinity,
      backoff: new DelegateBackoff(({ attempt }) =>
        addJitter(Math.min(pauses.min * 2 ** (attempt - 1), pauses.max), random.integer(1000) / 1000),
      ),
    },
  )
  return policy.execute(work)
}

/** Half to one and a half times the pause, so that waiting callers spread out. `fraction`: 0 to 1. */
function addJitter(pauseMs: number, fraction: number): number {
  return pauseMs * (0.5 + fraction)
}
