import { createContext, use, useCallback, useRef, useState, type ReactNode } from 'react'
import { useProfileQuery } from '../generated/hooks.ts'
import { useTexts } from '../language/language.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { CodeForm } from '../sign-in/code-form.tsx'
import type { StepResult } from '../sign-in/next-step.ts'
import type { PendingCode } from '../sign-in/pending.ts'
import { SecondStepForm } from '../sign-in/second-step-form.tsx'
import { SignInForm } from '../sign-in/sign-in-form.tsx'
import { toProblem } from '../problems/describe-problem.ts'

type Perform = <Result>(perform: () => Promise<Result>) => Promise<Result>

const ReauthenticationContext = createContext<Perform>((perform) => perform())

/**
 * Runs an operation that needs a fresh sign-in. If the sign-in is too old, a dialog asks for another one, and
 * the operation is repeated after it. Closed, the operation fails with the refusal.
 */
export function useFreshSignIn(): Perform {
  return use(ReauthenticationContext)
}

/** Shows the dialog over the screens below. */
export function ReauthenticationProvider({ children }: { children: ReactNode }) {
  const waiting = useRef<(isFresh: boolean) => void>(() => undefined)
  const [isOpen, setOpen] = useState(false)
  const finish = useCallback((isFresh: boolean) => {
    setOpen(false)
    waiting.current(isFresh)
  }, [])
  const perform: Perform = useCallback(async (operation) => {
    try {
      return await operation()
    } catch (error) {
      if (toProblem(error)?.code !== 'REAUTHENTICATION_REQUIRED') throw error
      setOpen(true)
      if (!(await new Promise<boolean>((resolve) => void (waiting.current = resolve)))) throw error
      return operation()
    }
  }, [])
  return (
    <ReauthenticationContext value={perform}>
      {children}
      {isOpen && <ReauthenticationDialog onDone={() => finish(true)} onClose={() => finish(false)} />}
    </ReauthenticationContext>
  )
}

type Step =
  { readonly kind: 'first' } | PendingCode | { readonly kind: 'factor'; readonly challengeId: string }

function ReauthenticationDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const { reauthentication: texts } = useTexts()
  const { data } = useProfileQuery()
  const [step, setStep] = useState<Step>({ kind: 'first' })
  const goOn = (result: StepResult) => {
    if ('kind' in result) return setStep(result)
    if (result.__typename === 'MfaChallenge')
      return setStep({ kind: 'factor', challengeId: result.challengeId })
    onDone()
  }
  const { email, hasPassword } = data?.me ?? {}
  return (
    <Dialog title={texts.title} lead={texts.lead} onClose={onClose}>
      {step.kind === 'first' &&
        (email ? (
          <SignInForm email={email} method={hasPassword ? 'password' : 'code'} onStep={goOn} />
        ) : (
          <Waiting />
        ))}
      {step.kind === 'code' && <CodeForm pending={step} onStep={goOn} onResent={setStep} />}
      {step.kind === 'factor' && <SecondStepForm challengeId={step.challengeId} onDone={onDone} />}
    </Dialog>
  )
}
