import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from 'react'
import { useTexts } from '../language/language.tsx'
import { PageTitle } from '../parts/page.tsx'
import { NavLink } from '../parts/shell.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ProfilePart } from './profile-part.tsx'

/** Parts of the account, by the last segment of their address. */
const PARTS: Readonly<Record<string, ComponentType | LazyExoticComponent<ComponentType>>> = {
  profile: ProfilePart,
  security: lazy(async () => ({ default: (await import('./security-part.tsx')).SecurityPart })),
  sessions: lazy(async () => ({ default: (await import('./sessions-part.tsx')).SessionsPart })),
  events: lazy(async () => ({ default: (await import('./events-part.tsx')).EventsPart })),
  'api-keys': lazy(async () => ({ default: (await import('./api-keys-part.tsx')).ApiKeysPart })),
}

/** The account: a navigation of its parts, and the part. */
export function AccountPage({ part }: { part: string }) {
  const { account: texts, sessions, securityEvents, apiKeys } = useTexts()
  const Part = PARTS[part] ?? ProfilePart
  const titles: Readonly<Record<string, string>> = {
    security: texts.security,
    sessions: sessions.title,
    events: securityEvents.title,
    'api-keys': apiKeys.title,
  }
  return (
    <div className="account">
      <nav className="subnav" aria-label={texts.nav}>
        <NavLink href="/account/profile">{texts.profile}</NavLink>
        <NavLink href="/account/security">{texts.security}</NavLink>
        <NavLink href="/account/sessions">{texts.sessions}</NavLink>
        <NavLink href="/account/events">{texts.events}</NavLink>
        <NavLink href="/account/api-keys">{texts.apiKeys}</NavLink>
      </nav>
      <div className="stack">
        <PageTitle key={part}>{titles[part] ?? texts.profile}</PageTitle>
        <Suspense fallback={<Waiting />}>
          <Part key={part} />
        </Suspense>
      </div>
    </div>
  )
}
