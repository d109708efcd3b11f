/** Work that gets the lock, or null if it is not available. */
type Granted = (lock: object | null) => unknown

/** One exclusive lock of Web Locks, which Node.js has from version 24 on, with the option `ifAvailable`. */
export function createLockManager() {
  let last: Promise<unknown> = Promise.resolve()
  let queued = 0
  return {
    request(
      _name: string,
      ...[options, granted]: [object, Granted] | [Granted, undefined?]
    ): Promise<unknown> {
      const run = typeof options === 'function' ? (options as Granted) : granted
      if ('ifAvailable' in options && queued > 0) return Promise.resolve(run?.(null))
      queued += 1
      const result = last.then(() => run?.({})).finally(() => (queued -= 1))
      last = result.catch(() => undefined)
      return result
    },
  }
}
