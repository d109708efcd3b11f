import type { ComponentProps } from 'react'
import { Field } from './field.tsx'

const DIGITS = 6

type CodeFieldProps = Omit<ComponentProps<typeof Field>, 'value' | 'onChange'> & {
  readonly value: string
  readonly onCode: (code: string) => void
  /** Called once the last digit is there, whether typed, pasted or filled in by the browser. */
  readonly onComplete: (code: string) => void
}

/**
 * A field for a code of six digits. One field rather than six: browsers fill it in (`one-time-code`), screen
 * readers read it as one, and "123 456" or "123-456" can be pasted as they are.
 */
export function CodeField({ value, onCode, onComplete, ...field }: CodeFieldProps) {
  return (
    <Field
      {...field}
      className="code-input"
      inputMode="numeric"
      autoComplete="one-time-code"
      dir="ltr"
      value={value}
      onChange={({ target }) => {
        const code = toDigits(target.value)
        onCode(code)
        if (code.length === DIGITS && code !== value) onComplete(code)
      }}
    />
  )
}

/** The digits of what was typed or pasted, full-width ones included. */
export function toDigits(text: string): string {
  return text.normalize('NFKC').replace(/\D/g, '').slice(0, DIGITS)
}
