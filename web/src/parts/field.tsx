import { useId, useState, type ComponentProps, type ReactNode } from 'react'
import { useTexts } from '../language/language.tsx'

interface LabelProps {
  readonly label: string
  /** Behind the label, in a quiet tone. */
  readonly note?: string
  readonly hint?: ReactNode
  /** What is wrong with the value. */
  readonly problem?: string | undefined
}

interface ControlProps {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': boolean | undefined
}

/** A label, the control that `children` draws, a hint, and the problem of the value. */
function Labelled({
  label,
  note,
  hint,
  problem,
  children,
}: LabelProps & { children: (control: ControlProps) => ReactNode }) {
  const id = useId()
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {note && <span className="field-note"> ({note})</span>}
      </label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': problem ? true : undefined,
      })}
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p className="field-problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  )
}

/** A field for one line of text. */
export function Field({ label, note, hint, problem, ...input }: LabelProps & ComponentProps<'input'>) {
  return (
    <Labelled label={label} {...(note ? { note } : {})} hint={hint} problem={problem}>
      {(control) => <input dir="auto" {...input} {...control} />}
    </Labelled>
  )
}

/** The field for the e-mail address of an account. */
export function EmailField(input: Omit<LabelProps, 'label'> & ComponentProps<'input'>) {
  const { common } = useTexts()
  return <Field label={common.email} type="email" name="email" autoComplete="username" {...input} />
}

/** A field for several lines of text. */
export function TextField({ label, hint, problem, ...area }: LabelProps & ComponentProps<'textarea'>) {
  return (
    <Labelled label={label} hint={hint} problem={problem}>
      {(control) => <textarea dir="auto" {...area} {...control} />}
    </Labelled>
  )
}

/** A field for a password, which can be shown. */
export function PasswordField({
  label,
  note,
  hint,
  problem,
  ...input
}: LabelProps & ComponentProps<'input'>) {
  const { common } = useTexts()
  const [isShown, setShown] = useState(false)
  return (
    <Labelled label={label} {...(note ? { note } : {})} hint={hint} problem={problem}>
      {(control) => (
        <div className="password">
          <input
            {...input}
            {...control}
            type={isShown ? 'text' : 'password'}
            autoCapitalize="off"
            spellCheck={false}
          />
          <button
            type="button"
            className="password-toggle"
            aria-pressed={isShown}
            aria-label={common.showPassword}
            onClick={() => setShown(!isShown)}
          >
            {isShown ? common.hide : common.show}
          </button>
        </div>
      )}
    </Labelled>
  )
}
