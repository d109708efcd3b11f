import { useState } from 'react'
import { Link } from 'wouter'
import { useGateway } from '../gateway/gateway.tsx'
import { useTexts } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button } from '../parts/button.tsx'
import { EmailField, PasswordField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { ProblemNotice } from '../parts/notice.tsx'
import { describeProblem } from '../problems/describe-problem.ts'
import type { StepResult } from './next-step.ts'
import { toPendingCode } from './pending.ts'

/** Ways to sign in. */
export type SignInMethod = 'password' | 'code'

interface SignInFormProps {
  readonly onStep: (result: StepResult) => void
  /** The address, where it is known: it cannot be changed. */
  readonly email?: string
  readonly method?: SignInMethod
}

/** Signs in by password, or sends a code. */
export function SignInForm({ onStep, email: known, method: first = 'password' }: SignInFormProps) {
  const { signIn, common, errors } = useTexts()
  const { auth } = useGateway()
  const [method, setMethod] = useState(first)
  const [email, setEmail] = useState(known ?? '')
  const [password, setPassword] = useState('')
  const action = useAction(async () => {
    if (method === 'password') return onStep(await auth.login({ email, password }))
    onStep(toPendingCode(await auth.requestOtp({ email, purpose: 'LOGIN' }), email, 'LOGIN'))
  })
  const { fields } = describeProblem(action.error, errors)
  const choose = (next: SignInMethod) => {
    action.clear()
    setMethod(next)
  }
  return (
    <Form onSubmit={() => void action.run()}>
      <MethodChoice method={method} onChoose={choose} />
      <ProblemNotice error={action.error} />
      <EmailField
        value={email}
        readOnly={known !== undefined}
        problem={fields['email']}
        hint={method === 'code' ? signIn.codeHint : undefined}
        onChange={({ target }) => setEmail(target.value)}
      />
      {method === 'password' && (
        <PasswordField
          label={common.password}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={({ target }) => setPassword(target.value)}
        />
      )}
      {method === 'password' && known === undefined && (
        <p className="beside">
          <Link href="/forgot-password">{signIn.forgot}</Link>
        </p>
      )}
      <Button type="submit" kind="main" isBusy={action.isBusy}>
        {method === 'password' ? signIn.submit : signIn.sendCode}
      </Button>
    </Form>
  )
}

function MethodChoice({
  method,
  onChoose,
}: {
  method: SignInMethod
  onChoose: (method: SignInMethod) => void
}) {
  const { signIn } = useTexts()
  const methods = { password: signIn.byPassword, code: signIn.byCode } as const
  return (
    <div className="choice wide" role="group" aria-label={signIn.method}>
      {(['password', 'code'] as const).map((name) => (
        <button
          key={name}
          type="button"
          className="choice-option"
          aria-pressed={name === method}
          onClick={() => onChoose(name)}
        >
          {methods[name]}
        </button>
      ))}
    </div>
  )
}
