import { useEffect, useRef, type ReactNode } from 'react'
import { useTexts } from '../language/language.tsx'
import { describeProblem } from '../problems/describe-problem.ts'

/** What a notice is about. */
export type NoticeTone = 'info' | 'success' | 'warning' | 'danger'

/** A message about what happened. Screen readers speak it: at once where it is a problem. */
export function Notice({ tone = 'info', children }: { tone?: NoticeTone; children: ReactNode }) {
  return (
    <div className={`notice ${tone}`} role={tone === 'danger' ? 'alert' : 'status'}>
      {children}
    </div>
  )
}

/** What to do about an error; nothing without one. The view scrolls to it. */
export function ProblemNotice({ error }: { error: unknown }) {
  const { errors } = useTexts()
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (error) place.current?.scrollIntoView({ block: 'nearest' })
  }, [error])
  if (!error) return null
  return (
    <div ref={place}>
      <Notice tone="danger">{describeProblem(error, errors).text}</Notice>
    </div>
  )
}
