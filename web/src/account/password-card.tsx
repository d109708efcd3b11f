import { useState } from 'react'
import { useChangePasswordMutation } from '../generated/hooks.ts'
import { useTexts } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button, ButtonLink } from '../parts/button.tsx'
import { PasswordField } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Notice, ProblemNotice } from '../parts/notice.tsx'
import { Card } from '../parts/page.tsx'
import { describeProblem, toProblem } from '../problems/describe-problem.ts'

/** Changes the password, or leads to the reset of an account without one. */
export function PasswordCard({ hasPassword }: { hasPassword: boolean }) {
  const { password: texts } = useTexts()
  return (
    <Card title={texts.title}>
      {hasPassword ? (
        <ChangeForm />
      ) : (
        <>
          <p className="quiet">{texts.none}</p>
          <ButtonLink href="/forgot-password">{texts.set}</ButtonLink>
        </>
      )}
    </Card>
  )
}

function ChangeForm() {
  const { password: texts, newPassword: hints, errors } = useTexts()
  const [change] = useChangePasswordMutation()
  const [currentPassword, setCurrent] = useState('')
  const [newPassword, setNew] = useState('')
  const [ended, setEnded] = useState<number | null>(null)
  const action = useAction(async () => {
    setEnded(null)
    const { data } = await change({ variables: { input: { currentPassword, newPassword } } })
    setEnded(data?.changePassword.revokedSessions ?? 0)
    setCurrent('')
    setNew('')
  })
  const { fields, text } = describeProblem(action.error, errors)
  const isWrong = toProblem(action.error)?.code === 'INVALID_CREDENTIALS'
  return (
    <Form onSubmit={() => void action.run()}>
      {ended !== null && <Notice tone="success">{texts.changed(ended)}</Notice>}
      {!isWrong && <ProblemNotice error={action.error} />}
      <PasswordField
        label={texts.current}
        autoComplete="current-password"
        value={currentPassword}
        problem={isWrong ? text : fields['currentPassword']}
        onChange={({ target }) => setCurrent(target.value)}
      />
      <PasswordField
        label={texts.next}
        autoComplete="new-password"
        hint={hints.hint}
        value={newPassword}
        problem={fields['newPassword']}
        onChange={({ target }) => setNew(target.value)}
      />
      <Button type="submit" isBusy={action.isBusy}>
        {texts.submit}
      </Button>
    </Form>
  )
}
