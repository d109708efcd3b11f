import { useEffect, useState } from 'react'
import { useTexts } from '../language/language.tsx'

/** After this many milliseconds progress is shown: a shorter wait would only flicker. */
const SHOWN_AFTER_MS = 200
/** After this many, the app says that the connection is slow. */
const SLOW_AFTER_MS = 4_000

/** Progress, for as long as it is on the screen. */
export function Waiting() {
  const { common } = useTexts()
  const isShown = useDelay(SHOWN_AFTER_MS)
  const isSlow = useDelay(SLOW_AFTER_MS)
  return (
    <div className="waiting" role="status">
      {isShown && (
        <>
          <span className="spinner large" aria-hidden="true" />
          <p>{isSlow ? common.slow : common.loading}</p>
        </>
      )}
    </div>
  )
}

/** Whether the time has passed since the part appeared. */
export function useDelay(ms: number): boolean {
  const [isOver, setOver] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return isOver
}
