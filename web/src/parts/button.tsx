import type { ComponentProps, ReactNode } from 'react'
import { Link } from 'wouter'

/**
 * How much a button draws attention: the main action of a screen, any other, one that destroys, a quiet one.
 */
export type ButtonKind = 'main' | 'plain' | 'danger' | 'quiet'

interface ButtonProps extends ComponentProps<'button'> {
  readonly kind?: ButtonKind
  /** While the action runs: the button keeps its size and the focus, and ignores clicks. */
  readonly isBusy?: boolean
}

/** A button. It does not submit its form unless `type` says so. */
export function Button({ kind = 'plain', isBusy = false, children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`button ${kind} ${rest.className ?? ''}`}
      aria-disabled={isBusy || undefined}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
    >
      <span className={isBusy ? 'button-label hidden' : 'button-label'}>{children}</span>
      {isBusy && <span className="spinner" aria-hidden="true" />}
    </button>
  )
}

/** A link that looks like a button. */
export function ButtonLink({
  href,
  kind = 'plain',
  children,
}: {
  href: string
  kind?: ButtonKind
  children: ReactNode
}) {
  return (
    <Link href={href} className={`button ${kind}`}>
      <span className="button-label">{children}</span>
    </Link>
  )
}
