import { Link, Redirect } from 'wouter'
import { useTexts } from '../language/language.tsx'
import { TaskCard } from '../parts/page.tsx'
import { usePending } from './pending.ts'
import { SecondStepForm } from './second-step-form.tsx'

/** The screen for the second step of a sign-in. */
export function SecondStepPage() {
  const { secondStep } = useTexts()
  const pending = usePending('factor')
  if (!pending) return <Redirect to="/sign-in" replace />
  return (
    <TaskCard title={secondStep.title}>
      <SecondStepForm challengeId={pending.challengeId} />
      <p className="aside">
        <Link href="/sign-in">{secondStep.again}</Link>
      </p>
    </TaskCard>
  )
}
