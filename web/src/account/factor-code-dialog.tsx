import { useState } from 'react'
import { useTexts } from '../language/language.tsx'
import { useAction } from '../parts/action.ts'
import { Button, type ButtonKind } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { ProblemNotice } from '../parts/notice.tsx'

interface FactorCodeDialogProps {
  readonly title: string
  readonly lead: string
  /** Text of the button. */
  readonly action: string
  readonly kind: ButtonKind
  readonly perform: (code: string) => Promise<unknown>
  readonly onClose: () => void
}

/** Asks for a code of the second factor, which allows a change of it. */
export function FactorCodeDialog({
  title,
  lead,
  action: label,
  kind,
  perform,
  onClose,
}: FactorCodeDialogProps) {
  const { common } = useTexts()
  const [code, setCode] = useState('')
  const action = useAction(async () => {
    await perform(code)
    onClose()
  })
  return (
    <Dialog title={title} lead={lead} onClose={onClose}>
      <Form onSubmit={() => void action.run()}>
        <ProblemNotice error={action.error} />
        <Field
          label={common.code}
          className="code-input"
          autoComplete="one-time-code"
          autoFocus
          value={code}
          onChange={({ target }) => setCode(target.value)}
        />
        <div className="actions">
          <Button type="submit" kind={kind} isBusy={action.isBusy}>
            {label}
          </Button>
          <Button onClick={onClose}>{common.cancel}</Button>
        </div>
      </Form>
    </Dialog>
  )
}
