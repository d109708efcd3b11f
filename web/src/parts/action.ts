import { useCallback, useRef, useState } from 'react'

/** An action of the user that a request carries out. */
export interface Action<Arguments extends readonly unknown[]> {
  /** Starts it; a call while it runs is ignored. */
  readonly run: (...values: Arguments) => Promise<void>
  readonly isBusy: boolean
  /** Why it failed the last time; null if it did not. */
  readonly error: unknown
  readonly clear: () => void
}

/** Runs one request at a time, and keeps its error for the screen. */
export function useAction<Arguments extends readonly unknown[]>(
  perform: (...values: Arguments) => Promise<unknown>,
): Action<Arguments> {
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const isRunning = useRef(false)
  const latest = useRef(perform)
  latest.current = perform
  const run = useCallback(async (...values: Arguments) => {
    if (isRunning.current) return
    isRunning.current = true
    setBusy(true)
    setError(null)
    await latest.current(...values).catch((reason: unknown) => setError(reason ?? new Error()))
    isRunning.current = false
    setBusy(false)
  }, [])
  return { run, isBusy, error, clear: useCallback(() => setError(null), []) }
}
