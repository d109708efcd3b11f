import { useRef, useSyncExternalStore, type ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { useGateway } from '../gateway/gateway.tsx'
import { LanguageChoice, useTexts } from '../language/language.tsx'
import { Mark } from './mark.tsx'
import { Notice } from './notice.tsx'

/** The frame of every screen: name of the service, navigation, content, language. */
export function Shell({ nav, children }: { nav?: ReactNode; children: ReactNode }) {
  const { common, states } = useTexts()
  const { settings } = useGateway()
  const main = useRef<HTMLElement>(null)
  const isOnline = useSyncExternalStore(listenForNetwork, () => navigator.onLine)
  return (
    <div className="shell">
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        {common.skip}
      </button>
      <header className="header">
        <Link href="/" className="brand">
          <Mark picture={settings.mark} />
          <span>{settings.product}</span>
        </Link>
        {nav}
      </header>
      <main ref={main} className="content" tabIndex={-1}>
        {!isOnline && <Notice tone="warning">{states.offlineBanner}</Notice>}
        {children}
      </main>
      <footer className="footer">
        <LanguageChoice />
        <BrandLinks />
      </footer>
    </div>
  )
}

/** Where to ask, and what applies; nothing where the gateway names none. */
function BrandLinks() {
  const { common } = useTexts()
  const { support, terms, privacy } = useGateway().settings
  const links = [
    [common.support, support === null ? null : `mailto:${support}`],
    [common.terms, terms],
    [common.privacy, privacy],
  ] as const
  return links.map(([label, address]) =>
    address === null ? null : (
      <a key={label} href={address}>
        {label}
      </a>
    ),
  )
}

/** A link of a navigation, marked where it leads to the present screen or one below it. */
export function NavLink({ href, children }: { href: string; children: ReactNode }) {
  const [path] = useLocation()
  const isHere = path === href || path.startsWith(`${href}/`)
  return (
    <Link href={href} className="nav-link" aria-current={isHere ? 'page' : undefined}>
      {children}
    </Link>
  )
}

function listenForNetwork(listener: () => void): () => void {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}
