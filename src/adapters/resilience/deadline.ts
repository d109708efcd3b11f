/** Work did not finish in time. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/** A timer that fires this many milliseconds late indicates that the process was paused. */
const PAUSE_MS = 20

/**
 * The result of the work. Rejects with `DeadlineError` after `ms`; the work continues and its result is
 * ignored.
 *
 * A pause of this process (a busy or throttled processor, garbage collection) does not count as a timeout of
 * the backend. A late timer is restarted once, for the length of the pause and at most `ms`. It rejects in an
 * immediate, so that responses that have already arrived are read first: the event loop runs timers, then
 * sockets, then immediates. Written by hand because cockatiel's timeout does neither.
 */
export async function withDeadline<T>(work: () => Promise<T>, ms: number): Promise<T> {
  const due = performance.now() + ms
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    const expire = () => setImmediate(() => reject(new DeadlineError(`no response within ${ms} ms`)))
    timer = setTimeout(() => {
      const paused = performance.now() - due
      if (paused < PAUSE_MS) expire()
      else timer = setTimeout(expire, Math.min(paused, ms))
    }, ms)
  })
  try {
    return await Promise.race([work(), deadline])
  } finally {
    clearTimeout(timer)
  }
}
