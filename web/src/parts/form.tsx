import type { ReactNode } from 'react'

/** A form that the app sends itself. The gateway checks the entries, so that all problems have one voice. */
export function Form({ onSubmit, children }: { onSubmit: () => void; children: ReactNode }) {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
    </form>
  )
}
