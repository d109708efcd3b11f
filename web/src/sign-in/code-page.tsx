import { Link, Redirect, useLocation } from 'wouter'
import { useTexts } from '../language/language.tsx'
import { TaskCard } from '../parts/page.tsx'
import { CodeForm } from './code-form.tsx'
import { useNextStep } from './next-step.ts'
import { usePending } from './pending.ts'

/** Where the address can be changed, by the purpose of the code. */
const STARTS = { LOGIN: '/sign-in', VERIFY_EMAIL: '/register', RESET_PASSWORD: '/forgot-password' } as const

/** The screen for the code of a sign-in, a registration or a password reset. */
export function CodePage() {
  const { code } = useTexts()
  const pending = usePending('code')
  const goOn = useNextStep({ replace: true })
  const [, navigate] = useLocation()
  if (!pending) return <Redirect to="/sign-in" replace />
  return (
    <TaskCard title={code.titles[pending.purpose]} lead={code.sent(isolate(pending.email))}>
      <CodeForm
        pending={pending}
        onStep={goOn}
        onResent={(next) => navigate('/code', { state: next, replace: true })}
      />
      <p className="aside">
        <Link href={STARTS[pending.purpose]}>{code.change}</Link>
      </p>
    </TaskCard>
  )
}

/** The text with its own direction within a sentence. */
function isolate(text: string): string {
  return `\u2068${text}\u2069`
}
