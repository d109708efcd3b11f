import { useEffect, useRef, type ReactNode } from 'react'
import { useGateway } from '../gateway/gateway.tsx'

/**
 * The heading of a screen. It gets the focus when the screen appears, so that keyboard and screen reader
 * start there, and names the document.
 */
export function PageTitle({ children, document: name }: { children: ReactNode; document?: string }) {
  const { settings } = useGateway()
  const heading = useRef<HTMLHeadingElement>(null)
  const title = name ?? (typeof children === 'string' ? children : '')
  useEffect(() => {
    document.title = [title, settings.product].filter(Boolean).join(' · ')
  }, [title, settings.product])
  useEffect(() => {
    // A screen whose first field has the focus keeps it.
    if (!(document.activeElement instanceof HTMLInputElement)) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  )
}

/** A card with one task: sign-in, a code, a state. */
export function TaskCard({
  title,
  lead,
  children,
}: {
  title: string
  lead?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="card task">
      <PageTitle>{title}</PageTitle>
      {lead && <p className="lead">{lead}</p>}
      {children}
    </section>
  )
}

/** A card of a page with several. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card">
      <h2>{title}</h2>
      {children}
    </section>
  )
}
