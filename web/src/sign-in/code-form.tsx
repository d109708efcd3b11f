import { useState } from 'react'
import { useGateway } from '../gateway/gateway.tsx'
import { useTexts } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button } from '../parts/button.tsx'
import { CodeField } from '../parts/code-field.tsx'
import { formatSeconds, useSecondsUntil } from '../parts/countdown.ts'
import { Form } from '../parts/form.tsx'
import { Notice, ProblemNotice } from '../parts/notice.tsx'
import { toProblem } from '../problems/describe-problem.ts'
import type { StepResult } from './next-step.ts'
import { toPendingCode, type PendingCode } from './pending.ts'

interface CodeFormProps {
  readonly pending: PendingCode
  readonly onStep: (result: StepResult) => void
  /** Called with the next challenge, which replaces `pending`. */
  readonly onResent: (pending: PendingCode) => void
}

/** Entry of a code. The last digit submits it. */
export function CodeForm({ pending, onStep, onResent }: CodeFormProps) {
  const { code: texts } = useTexts()
  const { auth } = useGateway()
  const [code, setCode] = useState('')
  const { challengeId, purpose } = pending
  const check = useAction(async (entered: string) => {
    onStep(await auth.verifyOtp({ challengeId, purpose, code: entered }))
  })
  const left = useSecondsUntil(pending.expiresAt)
  const attempts = toProblem(check.error)?.attemptsLeft
  return (
    <Form onSubmit={() => void check.run(code)}>
      <DevelopmentCode pending={pending} onFill={(known) => void (setCode(known), check.run(known))} />
      <ProblemNotice error={check.error} />
      <CodeField
        label={texts.label}
        value={code}
        autoFocus
        hint={left === 0 ? texts.expired : texts.expiresIn(formatSeconds(left))}
        problem={typeof attempts === 'number' ? texts.attempts(attempts) : undefined}
        onCode={(entered) => void (setCode(entered), check.clear())}
        onComplete={(entered) => void check.run(entered)}
      />
      <Button type="submit" kind="main" isBusy={check.isBusy}>
        {texts.submit}
      </Button>
      <Resend pending={pending} onResent={(next) => void (setCode(''), check.clear(), onResent(next))} />
    </Form>
  )
}

/** Sends another code, as soon as the gateway allows it. */
function Resend({ pending, onResent }: Pick<CodeFormProps, 'pending' | 'onResent'>) {
  const { code: texts } = useTexts()
  const { auth } = useGateway()
  const [isResent, setResent] = useState(false)
  const [refusedUntil, setRefusedUntil] = useState(0)
  const { email, purpose, resendAt } = pending
  const wait = useSecondsUntil(Math.max(resendAt, refusedUntil))
  const action = useAction(async () => {
    try {
      onResent(toPendingCode(await auth.requestOtp({ email, purpose }), email, purpose))
      setResent(true)
    } catch (error) {
      setRefusedUntil(Date.now() + (toProblem(error)?.retryAfter ?? 0) * 1000)
      throw error
    }
  })
  return (
    <div className="resend">
      {isResent && wait > 0 && <Notice tone="success">{texts.resent}</Notice>}
      <ProblemNotice error={action.error} />
      {wait > 0 ? (
        <p className="quiet">{texts.resendIn(wait)}</p>
      ) : (
        <Button kind="quiet" isBusy={action.isBusy} onClick={() => void action.run()}>
          {texts.resend}
        </Button>
      )}
    </div>
  )
}

/** The code, which a gateway in development returns because it sends no message. */
function DevelopmentCode({ pending, onFill }: { pending: PendingCode; onFill: (code: string) => void }) {
  const { code: texts } = useTexts()
  const { settings } = useGateway()
  const { otpCode } = pending
  if (otpCode === null) return null
  return (
    <Notice>
      <p>{texts.development(otpCode)}</p>
      <p className="notice-actions">
        <Button kind="quiet" onClick={() => onFill(otpCode)}>
          {texts.fill}
        </Button>
        {settings.mailbox && (
          <a className="button quiet" href={settings.mailbox} target="_blank" rel="noreferrer">
            <span className="button-label">{texts.mailbox}</span>
          </a>
        )}
      </p>
    </Notice>
  )
}
