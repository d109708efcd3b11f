import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useTexts } from '../language/language.tsx'
import { describeProblem, toProblem } from '../problems/describe-problem.ts'
import { useAction } from './action.ts'
import { Button } from './button.tsx'
import { useSecondsUntil } from './countdown.ts'
import { TaskCard } from './page.tsx'

/** Seconds until the app asks again, where the service does not say when. */
const RETRY_SECONDS = 5

interface RetryProps {
  readonly onRetry: () => Promise<unknown>
}

/**
 * The screen for data that could not be loaded: without a connection, of a busy service, or with what to do.
 * The first two try again by themselves.
 */
export function LoadFailure({ error, onRetry }: RetryProps & { readonly error: unknown }) {
  const texts = useTexts()
  const problem = toProblem(error)
  if (problem?.code === 'NETWORK') return <Offline onRetry={onRetry} />
  if (problem?.code === 'SERVICE_UNAVAILABLE')
    return <Busy seconds={Math.max(problem.retryAfter ?? 0, RETRY_SECONDS)} onRetry={onRetry} />
  return (
    <StateCard title={texts.states.failedTitle} onRetry={onRetry}>
      {describeProblem(error, texts.errors).text}
    </StateCard>
  )
}

/** Without a connection. It asks at intervals, too: a browser does not always notice that it is online. */
function Offline({ onRetry }: RetryProps) {
  const { states } = useTexts()
  const retry = useRef(onRetry)
  retry.current = onRetry
  useEffect(() => {
    const tryAgain = () => void retry.current().catch(() => undefined)
    addEventListener('online', tryAgain)
    const timer = setInterval(tryAgain, RETRY_SECONDS * 1000)
    return () => {
      removeEventListener('online', tryAgain)
      clearInterval(timer)
    }
  }, [])
  return (
    <StateCard title={states.offlineTitle} onRetry={onRetry}>
      {states.offline}
    </StateCard>
  )
}

function Busy({ seconds, onRetry }: RetryProps & { readonly seconds: number }) {
  const { states } = useTexts()
  const [time, setTime] = useState(() => Date.now() + seconds * 1000)
  const retry = useRef(onRetry)
  retry.current = onRetry
  const left = useSecondsUntil(time)
  useEffect(() => {
    if (left > 0) return
    setTime(Date.now() + seconds * 1000)
    void retry.current().catch(() => undefined)
  }, [left, seconds])
  return (
    <StateCard title={states.busyTitle} onRetry={onRetry}>
      {states.busy(left)}
    </StateCard>
  )
}

function StateCard({ title, onRetry, children }: RetryProps & { title: string; children: ReactNode }) {
  const { common } = useTexts()
  const action = useAction(onRetry)
  return (
    <TaskCard title={title}>
      <p role="status">{children}</p>
      <Button kind="main" isBusy={action.isBusy} onClick={() => void action.run()}>
        {common.retry}
      </Button>
    </TaskCard>
  )
}
