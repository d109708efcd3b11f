import { useState } from 'react'
import type { EnrollTotpMutation } from '../generated/graphql.ts'
import { useConfirmTotpMutation, useEnrollTotpMutation } from '../generated/hooks.ts'
import { useTexts } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button } from '../parts/button.tsx'
import { CodeField } from '../parts/code-field.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Form } from '../parts/form.tsx'
import { ProblemNotice } from '../parts/notice.tsx'
import { useFreshSignIn } from './reauthentication.tsx'

interface SetupProps {
  readonly onCodes: (codes: readonly string[]) => void
}

/** Sets up the authenticator app, which needs a fresh sign-in. */
export function FactorSetup({ onCodes }: SetupProps) {
  const { factor: texts } = useTexts()
  const withFreshSignIn = useFreshSignIn()
  const [enroll] = useEnrollTotpMutation()
  const [enrollment, setEnrollment] = useState<EnrollTotpMutation['enrollTotp'] | null>(null)
  const action = useAction(async () => {
    const { data } = await withFreshSignIn(() => enroll())
    setEnrollment(data?.enrollTotp ?? null)
  })
  if (enrollment) return <Confirmation enrollment={enrollment} onCodes={onCodes} />
  return (
    <>
      <p className="quiet">{texts.off}</p>
      <ProblemNotice error={action.error} />
      <Button isBusy={action.isBusy} onClick={() => void action.run()}>
        {texts.start}
      </Button>
    </>
  )
}

function Confirmation({
  enrollment,
  onCodes,
}: SetupProps & { enrollment: EnrollTotpMutation['enrollTotp'] }) {
  const { factor: texts } = useTexts()
  const [code, setCode] = useState('')
  const [confirm] = useConfirmTotpMutation({ refetchQueries: ['SecondFactor'], awaitRefetchQueries: true })
  const action = useAction(async (entered: string) => {
    const { data } = await confirm({ variables: { code: entered } })
    onCodes(data?.confirmTotp.recoveryCodes ?? [])
  })
  return (
    <Form onSubmit={() => void action.run(code)}>
      <p>{texts.scan}</p>
      <img className="qr" src={enrollment.qrCode} alt={texts.picture} width={200} height={200} />
      <p>
        <a href={enrollment.otpauthUri}>{texts.openApp}</a>
      </p>
      <p className="quiet">{texts.manual}</p>
      <p className="secret">
        <code>{enrollment.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
        <CopyButton text={enrollment.secret} />
      </p>
      <ProblemNotice error={action.error} />
      <CodeField
        label={texts.confirmLabel}
        value={code}
        onCode={(entered) => void (setCode(entered), action.clear())}
        onComplete={(entered) => void action.run(entered)}
      />
      <Button type="submit" kind="main" isBusy={action.isBusy}>
        {texts.confirm}
      </Button>
    </Form>
  )
}
