import { useState } from 'react'
import type { SecondFactorQuery } from '../generated/graphql.ts'
import { useDisableTotpMutation, useRegenerateRecoveryCodesMutation } from '../generated/hooks.ts'
import { useTexts, useTimeFormat } from '../language/language.tsx'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/page.tsx'
import { FactorCodeDialog } from './factor-code-dialog.tsx'
import { FactorSetup } from './factor-setup.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

/** The authenticator app: off, being set up, or on. */
export function FactorCard({ status }: { status: SecondFactorQuery['mySecondFactor'] }) {
  const { factor: texts } = useTexts()
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  return (
    <Card title={texts.title}>
      {codes && <RecoveryCodes codes={codes} onSaved={() => setCodes(null)} />}
      {!codes &&
        (status.totpEnabled ? (
          <ActiveFactor status={status} onCodes={setCodes} />
        ) : (
          <FactorSetup onCodes={setCodes} />
        ))}
    </Card>
  )
}

type OpenDialog = 'remove' | 'renew' | null

function ActiveFactor(props: {
  status: SecondFactorQuery['mySecondFactor']
  onCodes: (codes: readonly string[]) => void
}) {
  const { factor: texts } = useTexts()
  const { time: formatTime } = useTimeFormat()
  const [open, setOpen] = useState<OpenDialog>(null)
  const [disable] = useDisableTotpMutation({ refetchQueries: ['SecondFactor'] })
  const [renew] = useRegenerateRecoveryCodesMutation({ refetchQueries: ['SecondFactor'] })
  const { totpEnabledAt, recoveryCodesLeft } = props.status
  return (
    <>
      <p className="quiet">
        {totpEnabledAt && texts.on(formatTime(totpEnabledAt))} {texts.left(recoveryCodesLeft)}
      </p>
      <div className="actions">
        <Button onClick={() => setOpen('renew')}>{texts.renew}</Button>
        <Button kind="danger" onClick={() => setOpen('remove')}>
          {texts.remove}
        </Button>
      </div>
      {open === 'remove' && (
        <FactorCodeDialog
          title={texts.removeTitle}
          lead={texts.removeLead}
          action={texts.remove}
          kind="danger"
          perform={(code) => disable({ variables: { code } })}
          onClose={() => setOpen(null)}
        />
      )}
      {open === 'renew' && (
        <FactorCodeDialog
          title={texts.renewTitle}
          lead={texts.renewLead}
          action={texts.renew}
          kind="main"
          perform={async (code) => {
            const { data } = await renew({ variables: { code } })
            props.onCodes(data?.regenerateRecoveryCodes.recoveryCodes ?? [])
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  )
}
