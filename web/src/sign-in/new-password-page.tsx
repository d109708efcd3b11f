import { useState } from 'react'
import { Link, Redirect, useLocation } from 'wouter'
import { useGateway } from '../gateway/gateway.tsx'
import { useTexts } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button } from '../parts/button.tsx'
import { Field, PasswordField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { ProblemNotice } from '../parts/notice.tsx'
import { TaskCard } from '../parts/page.tsx'
import { describeProblem, toProblem } from '../problems/describe-problem.ts'
import { usePending, type PendingReset } from './pending.ts'

/** The screen for a new password after the code of the reset. */
export function NewPasswordPage() {
  const { newPassword } = useTexts()
  const pending = usePending('reset')
  if (!pending) return <Redirect to="/forgot-password" replace />
  return (
    <TaskCard title={newPassword.title} lead={newPassword.lead}>
      <NewPasswordForm pending={pending} />
    </TaskCard>
  )
}

function NewPasswordForm({ pending }: { pending: PendingReset }) {
  const { newPassword: texts, forgot, errors } = useTexts()
  const { auth } = useGateway()
  const [newPassword, setNewPassword] = useState('')
  const [mfaCode, setMfaCode] = useState('')
  const { resetToken, needsFactor } = pending
  const [, navigate] = useLocation()
  const action = useAction(async () => {
    await auth.resetPassword({ resetToken, newPassword, ...(needsFactor ? { mfaCode } : {}) })
    navigate('/posts', { replace: true })
  })
  const { fields } = describeProblem(action.error, errors)
  const isOver = toProblem(action.error)?.code === 'RESET_TOKEN_INVALID'
  return (
    <Form onSubmit={() => void action.run()}>
      <ProblemNotice error={action.error} />
      {isOver && (
        <p>
          <Link href="/forgot-password">{forgot.submit}</Link>
        </p>
      )}
      <PasswordField
        label={texts.label}
        name="new-password"
        autoComplete="new-password"
        hint={texts.hint}
        value={newPassword}
        problem={fields['newPassword']}
        onChange={({ target }) => setNewPassword(target.value)}
      />
      {needsFactor && (
        <Field
          label={texts.factor}
          autoComplete="one-time-code"
          value={mfaCode}
          problem={fields['mfaCode']}
          onChange={({ target }) => setMfaCode(target.value)}
        />
      )}
      <Button type="submit" kind="main" isBusy={action.isBusy}>
        {texts.submit}
      </Button>
    </Form>
  )
}
