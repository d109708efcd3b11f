import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { buildSecurityEventsPage } from '../../scripts/security-events-page.ts'
import { AUDIT_EVENTS } from '../../src/features/audit/audit-event-names.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway } from '../support/gateway.ts'
import { LoginDocument } from '../generated/graphql.ts'

const root = resolve(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/security-events.md'), 'utf8')

it('docs/security-events.md has every event of the code (SR-127)', async () => {
  expect(await buildSecurityEventsPage()).toBe(page)
})

it('docs/security-events.md names events that exist', () => {
  const named = [...page.matchAll(/`((?:authn|authz|user|token|message|excess)[_.]\w[\w.]*)`/g)].map(
    ([, name]) => name,
  )
  expect(named.filter((name) => !Object.keys(AUDIT_EVENTS).includes(name ?? ''))).toEqual([])
})

it('every event is recorded by the code', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('audit-event-names.ts'))
    .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
  const unused = Object.keys(AUDIT_EVENTS).filter(
    (name) => !sources.some((source) => source.includes(`'${name}'`)),
  )
  expect(unused).toEqual([])
})

it('docs/security-events.md shows a current entry', async () => {
  const lines: string[] = []
  const [embedded] = BACKENDS as readonly [Backend]
  const log = { write: (line: string) => void lines.push(line) }
  const gateway = await startGateway(embedded, { LOG_LEVEL: 'info' }, { log })
  const { email } = await gateway.signUp()
  await gateway.send(LoginDocument, { input: { email, password: 'not it at all' } })
  await gateway.close()
  const entry = lines.map(parsed).find(({ event }) => event === 'authn_login_fail')
  const example = parsed(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '{}')
  expect(Object.keys(example)).toEqual(Object.keys(entry ?? {}))
  expect(readTypes(example)).toEqual(readTypes(entry ?? {}))
  expect([example['msg'], example['level']]).toEqual([entry?.['msg'], entry?.['level']])
})

function parsed(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>
}

function readTypes(entry: Record<string, unknown>): string[] {
  return Object.values(entry).map(
    (value) => `${typeof value} ${String(value).length > 20 ? 'long' : 'short'}`,
  )
}
