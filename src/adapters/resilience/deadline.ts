/** Work did not finish in time. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
}

/** Parts that the time is divided into. */
const PARTS = 10
/** A timer that fires this many milliseconds late indicates that the process was paused. */
const PAUSE_MS = 20
/** The most that pauses extend the time, as a factor of it. */
const LONGEST = 3

/**
 * The result of the work. Rejects with `DeadlineError` after `ms`; the work continues and its result is
 * ignored.
 *
 * A pause of this process (a busy or throttled processor, garbage collection) does not count as a timeout of
 * the backend: a part of the time in which the event loop was late counts again, up to three times `ms` in
 * all. Responses that have already arrived are read before the rejection: the event loop runs timers, then
 * sockets, then immediates. Written by hand because cockatiel's timeout does neither.
 */
export async function withDeadline<T>(work: () => Promise<T>, ms: number): Promise<T> {
  const part = ms / PARTS
  const latest = performance.now() + LONGEST * ms
  let timer: NodeJS.Timeout | undefined
  let left = PARTS
  const deadline = new Promise<never>((_, reject) => {
    const expire = () => reject(new DeadlineError(`no response within ${ms} ms`))
    function schedule(): void {
      const due = performance.now() + part
      timer = setTimeout(() => {
        const now = performance.now()
        if (now < due + PAUSE_MS) left -= 1
        if (left > 0 && now < latest) schedule()
        else setImmediate(expire)
      }, part)
    }
    schedule()
  })
  try {
    return await Promise.race([work(), deadline])
  } finally {
    clearTimeout(timer)
  }
}
