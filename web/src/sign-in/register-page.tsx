import { useState } from 'react'
import { Link } from 'wouter'
import { useGateway } from '../gateway/gateway.tsx'
import { useLanguage, useTexts } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button } from '../parts/button.tsx'
import { EmailField, Field, PasswordField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { ProblemNotice } from '../parts/notice.tsx'
import { TaskCard } from '../parts/page.tsx'
import { describeProblem } from '../problems/describe-problem.ts'
import { useNextStep } from './next-step.ts'
import { toPendingCode } from './pending.ts'

/** The screen for a new account. */
export function RegisterPage() {
  const { register: texts, common, errors } = useTexts()
  const { language } = useLanguage()
  const { auth } = useGateway()
  const goOn = useNextStep()
  const [email, setEmail] = useState('')
  const [fullName, setFullName] = useState('')
  const [password, setPassword] = useState('')
  const action = useAction(async () => {
    const profile = { ...(fullName ? { fullName } : {}), ...(password ? { password } : {}), locale: language }
    goOn(toPendingCode(await auth.register({ email, ...profile }), email, 'VERIFY_EMAIL'))
  })
  const { fields } = describeProblem(action.error, errors)
  return (
    <TaskCard title={texts.title} lead={texts.lead}>
      <Form onSubmit={() => void action.run()}>
        <ProblemNotice error={action.error} />
        <EmailField
          value={email}
          problem={fields['email']}
          onChange={({ target }) => setEmail(target.value)}
        />
        <Field
          label={texts.fullName}
          note={texts.optional}
          name="name"
          autoComplete="name"
          value={fullName}
          problem={fields['fullName']}
          onChange={({ target }) => setFullName(target.value)}
        />
        <PasswordField
          label={common.password}
          note={texts.optional}
          name="new-password"
          autoComplete="new-password"
          hint={texts.passwordHint}
          value={password}
          problem={fields['password']}
          onChange={({ target }) => setPassword(target.value)}
        />
        <Button type="submit" kind="main" isBusy={action.isBusy}>
          {texts.submit}
        </Button>
      </Form>
      <p className="aside">
        {texts.hasAccount} <Link href="/sign-in">{texts.signIn}</Link>
      </p>
    </TaskCard>
  )
}
