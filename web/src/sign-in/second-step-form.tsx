import { useState } from 'react'
import { useGateway } from '../gateway/gateway.tsx'
import { useTexts } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button } from '../parts/button.tsx'
import { CodeField } from '../parts/code-field.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { ProblemNotice } from '../parts/notice.tsx'
import { toProblem } from '../problems/describe-problem.ts'

interface SecondStepProps {
  readonly challengeId: string
  readonly onDone?: () => void
}

/** Entry of a code of the authenticator app, or of a recovery code. */
export function SecondStepForm({ challengeId, onDone }: SecondStepProps) {
  const { secondStep: texts, code: codes } = useTexts()
  const { auth } = useGateway()
  const [isRecovery, setRecovery] = useState(false)
  const [code, setCode] = useState('')
  const action = useAction(async (entered: string) => {
    await auth.verifyMfa({ challengeId, code: entered })
    onDone?.()
  })
  const attempts = toProblem(action.error)?.attemptsLeft
  const problem = typeof attempts === 'number' ? codes.attempts(attempts) : undefined
  const toggle = () => {
    setRecovery(!isRecovery)
    setCode('')
    action.clear()
  }
  return (
    <Form onSubmit={() => void action.run(code)}>
      <p className="lead">{isRecovery ? texts.recoveryLead : texts.lead}</p>
      <ProblemNotice error={action.error} />
      {isRecovery ? (
        <Field
          key="recovery"
          label={texts.recoveryCode}
          className="code-input"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          autoFocus
          value={code}
          problem={problem}
          onChange={({ target }) => setCode(target.value)}
        />
      ) : (
        <CodeField
          key="app"
          label={texts.appCode}
          autoFocus
          value={code}
          problem={problem}
          onCode={(entered) => void (setCode(entered), action.clear())}
          onComplete={(entered) => void action.run(entered)}
        />
      )}
      <Button type="submit" kind="main" isBusy={action.isBusy}>
        {texts.submit}
      </Button>
      <Button kind="quiet" onClick={toggle}>
        {isRecovery ? texts.useApp : texts.useRecovery}
      </Button>
    </Form>
  )
}
