/** An answer did not come in time. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/** A timer that is later than this many milliseconds tells of a pause of this process. */
const PAUSE_MS = 20

/**
 * The result of the work, or `DeadlineError` when it has not come within `ms`. The work goes on unheard.
 *
 * A pause of this process (a busy or throttled processor, garbage collection) is not held against the backend: a timer that
 * is late starts once more, for as long as the pause took and at most `ms`; and what has arrived is read before the verdict,
 * since the event loop runs timers first, then reads sockets, then runs immediates.
 */
export async function withDeadline<T>(work: () => Promise<T>, ms: number): Promise<T> {
  const due = performance.now() + ms
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const give = () => setImmediate(() => reject(new DeadlineError(`no answer within ${ms} ms`)))
    timer = setTimeout(() => {
      const paused = performance.now() - due
      if (paused < PAUSE_MS) give()
      else timer = setTimeout(give, Math.min(paused, ms))
    }, ms)
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}
