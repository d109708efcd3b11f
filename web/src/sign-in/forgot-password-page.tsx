import { useState } from 'react'
import { Link } from 'wouter'
import { useGateway } from '../gateway/gateway.tsx'
import { useTexts } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button } from '../parts/button.tsx'
import { EmailField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { ProblemNotice } from '../parts/notice.tsx'
import { TaskCard } from '../parts/page.tsx'
import { describeProblem } from '../problems/describe-problem.ts'
import { useNextStep } from './next-step.ts'
import { toPendingCode } from './pending.ts'

/** The screen that sends the code of a password reset. */
export function ForgotPasswordPage() {
  const { forgot, errors } = useTexts()
  const { auth } = useGateway()
  const goOn = useNextStep()
  const [email, setEmail] = useState('')
  const action = useAction(async () => {
    const sent = await auth.requestOtp({ email, purpose: 'RESET_PASSWORD' })
    goOn(toPendingCode(sent, email, 'RESET_PASSWORD'))
  })
  return (
    <TaskCard title={forgot.title} lead={forgot.lead}>
      <Form onSubmit={() => void action.run()}>
        <ProblemNotice error={action.error} />
        <EmailField
          value={email}
          problem={describeProblem(action.error, errors).fields['email']}
          onChange={({ target }) => setEmail(target.value)}
        />
        <Button type="submit" kind="main" isBusy={action.isBusy}>
          {forgot.submit}
        </Button>
      </Form>
      <p className="aside">
        <Link href="/sign-in">{forgot.back}</Link>
      </p>
    </TaskCard>
  )
}
