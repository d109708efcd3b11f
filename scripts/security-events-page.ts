import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AUDIT_EVENTS } from '../src/features/audit/audit-event-names.ts'
import { replacePart } from './page-parts.ts'

const file = join(resolve(import.meta.dirname, '..'), 'docs/security-events.md')

/** `docs/security-events.md` with its table of events. */
export async function buildSecurityEventsPage(): Promise<string> {
  const rows = Object.entries(AUDIT_EVENTS).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`)
  return replacePart(file, 'events', ['| event | when |', '| --- | --- |', ...rows].join('\n'))
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, await buildSecurityEventsPage())
