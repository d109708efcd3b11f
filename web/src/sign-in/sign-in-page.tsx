import { Link } from 'wouter'
import { useAuthState, useGateway } from '../gateway/gateway.tsx'
import { useTexts } from '../language/language.tsx'
import { Notice } from '../parts/notice.tsx'
import { TaskCard } from '../parts/page.tsx'
import { SignInForm } from './sign-in-form.tsx'
import { useNextStep } from './next-step.ts'

/** The screen for sign-in, which says why the session ended before. */
export function SignInPage() {
  const { signIn, ended } = useTexts()
  const state = useAuthState()
  const goOn = useNextStep()
  const { hasEnded } = useGateway()
  const ending = state.status === 'signed-out' ? state.reason : null
  // At the first visit there is no cookie, and the gateway gives the same answer as for one that has expired.
  const reason = ending === 'ENDED' && !hasEnded() ? null : ending
  return (
    <TaskCard title={signIn.title}>
      {reason && <Notice tone={reason === 'LOGOUT' ? 'success' : 'warning'}>{ended[reason]}</Notice>}
      <SignInForm onStep={goOn} />
      <p className="aside">
        {signIn.noAccount} <Link href="/register">{signIn.register}</Link>
      </p>
    </TaskCard>
  )
}
