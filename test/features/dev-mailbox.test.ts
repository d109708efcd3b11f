import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaWithoutServices } from '../../scripts/print-schema.ts'
import { DevMailboxResolver } from '../../src/features/dev-mailbox/dev-mailbox-resolver.ts'
import { DevMailboxService } from '../../src/features/dev-mailbox/dev-mailbox-service.ts'
import { readAccessTable } from '../../src/graphql/schema/access.ts'
import { createSchema } from '../../src/graphql/schema/schema.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { RegisterDocument } from '../generated/graphql.ts'
import { eventually } from '../support/servers/processes.ts'

const [backend] = BACKENDS as readonly [Backend]
const QUERY = '{ devOutbox { at channel to subject text html } }'
const PRODUCTION = { NODE_ENV: 'production', OTP_EXPOSE_CODE: 'false' }

/** Requests that do not come from a person at this machine. */
const ELSEWHERE = [
  ['another machine', '192.0.2.7', {}],
  ['another machine over IPv6', '2001:db8::7', {}],
  ['a page whose name was rebound to this machine', '127.0.0.1', { host: 'evil.example:4000' }],
  ['a tunnel', '127.0.0.1', { 'x-forwarded-for': '192.0.2.7' }],
  ['a proxy', '::1', { forwarded: 'for=192.0.2.7', host: 'localhost' }],
] as const
const HERE = [
  ['127.0.0.1', 'localhost:4000'],
  ['::1', '[::1]:4000'],
  ['::ffff:127.0.0.1', '127.0.0.1:4000'],
] as const

function look(gateway: TestGateway, remoteAddress = '127.0.0.1', headers: Record<string, string> = {}) {
  return gateway.app.http.app.inject({ url: '/dev/outbox', remoteAddress, headers })
}

async function askFrom(gateway: TestGateway, remoteAddress: string, headers: Record<string, string> = {}) {
  const response = await gateway.app.http.app.inject({
    method: 'POST',
    url: '/graphql',
    remoteAddress,
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify({ query: QUERY }),
  })
  return response.json<{ errors?: [{ extensions: { code: string } }] }>().errors?.[0].extensions.code ?? 'ok'
}

/** The attributes of the frames of a page. */
function framesOf(page: string): string[] {
  return [...page.matchAll(/<iframe ([^>]*)>/g)].map(([, attributes = '']) => attributes)
}

describe('the development mailbox', () => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { NODE_ENV: 'development' })))
  afterAll(() => gateway.close())
  const append = (message: object) =>
    appendFileSync(
      join(gateway.folder, 'outbox/outbox.jsonl'),
      `${JSON.stringify({ at: '2027-01-31T08:00:00.000Z', to: 'x@example.com', subject: 's', text: 't', ...message })}\n`,
    )

  it('shows each message as its recipient would see it, newest first', async () => {
    expect((await look(gateway)).body).toContain('No messages yet')
    const email = newAddress()
    await gateway.send(RegisterDocument, { input: { email, locale: 'ko' } })
    const code = await eventually(
      async () => /\d{6}/.exec((await gateway.messagesTo(email))[0]?.text ?? '')?.[0] ?? false,
    )
    append({
      channel: 'SMS',
      to: '+447400123456',
      subject: '',
      text: `your code is 654321\n@auth.example.com #654321`,
    })
    const page = await look(gateway)
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    expect(page.body.indexOf('+447400123456')).toBeGreaterThan(0)
    expect(page.body.indexOf(email)).toBeGreaterThan(page.body.indexOf('+447400123456'))
    expect(page.body).toContain(`확인 코드: ${code}`)
    const frames = framesOf(page.body)
    expect(frames).toHaveLength(1)
    expect(frames[0]).toContain(`&#60;html lang=&#34;ko&#34;`)
    const { data } = await gateway.sendText(QUERY)
    expect(data?.['devOutbox']).toMatchObject([
      { channel: 'SMS', to: '+447400123456', subject: null, html: null },
      {
        channel: 'EMAIL',
        to: email,
        subject: '이메일 주소 확인',
        html: expect.stringContaining('<html lang="ko"') as string,
      },
    ])
  })

  it('runs no content of a message: sandboxed frames, a policy without scripts, escaped values', async () => {
    const hostile = `"></iframe><script>alert(1)</script><img src=x onerror=alert(1)>`
    append({
      to: hostile,
      subject: hostile,
      text: `${hostile} javascript:alert(1) https://a.example/"x`,
      html: hostile,
    })
    const { body, headers } = await look(gateway)
    expect(body).not.toMatch(/<script|<img/)
    for (const attributes of framesOf(body))
      expect(attributes).toMatch(/^sandbox title="[^"]*" loading="lazy" srcdoc="[^"]*"$/)
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    const links = [...body.matchAll(/ href="([^"]*)"/g)].map(([, href]) => href)
    expect(links.filter((href) => !href?.includes('/verify-email#token='))).toEqual([
      'data:,',
      '/dev/outbox',
      'https://a.example/&#34;x',
    ])
  })

  it('returns as many messages as requested, 1 to 100', async () => {
    const count = async (first: number) => {
      const { data, code } = await gateway.sendText('query ($n: Int!) { devOutbox(first: $n) { to } }', {
        n: first,
      })
      return code ?? (data?.['devOutbox'] as unknown[]).length
    }
    expect([await count(1), await count(2)]).toEqual([1, 2])
    for (const first of [0, -1, 101]) expect(await count(first)).toBe('BAD_USER_INPUT')
  })

  it.each(HERE)('is available to %s under the name %s', async (address, host) => {
    expect((await look(gateway, address, { host })).statusCode).toBe(200)
    expect(await askFrom(gateway, address, { host })).toBe('ok')
  })

  it.each(ELSEWHERE)('is not found for %s', async (_who, address, headers) => {
    const page = await look(gateway, address, { ...headers })
    expect([page.statusCode, page.json<{ errors: object[] }>().errors]).toMatchObject([404, [{}]])
    expect(await askFrom(gateway, address, { ...headers })).toBe('FORBIDDEN')
  })
})

describe('the development mailbox of a container', () => {
  it('is available to every client when the settings allow it', async () => {
    const gateway = await startGateway(backend, { DEV_OUTBOX: 'anyone' })
    for (const [, address, headers] of ELSEWHERE) {
      expect((await look(gateway, address, { ...headers })).statusCode).toBe(200)
      expect(await askFrom(gateway, address, { ...headers })).toBe('ok')
    }
    await gateway.close()
  })
})

describe.each([
  ['in production', PRODUCTION],
  ['in production that asks for it', { ...PRODUCTION, DEV_OUTBOX: 'here' }],
  ['in development that does not want it', { NODE_ENV: 'development', DEV_OUTBOX: 'off' }],
])('the outbox %s', (_where, settings) => {
  it('has neither a page nor a query', async () => {
    const gateway = await startGateway(backend, settings)
    const page = await look(gateway)
    const nowhere = await gateway.app.http.app.inject({ url: '/dev/nowhere' })
    expect([page.statusCode, page.body]).toEqual([404, nowhere.body])
    expect(await askFrom(gateway, '127.0.0.1')).toBe('GRAPHQL_VALIDATION_FAILED')
    await gateway.close()
  })
})

describe('the schema', () => {
  const resolver = new DevMailboxResolver(new DevMailboxService({ latest: async () => [] }))

  it('of production does not contain it, and a gateway does not start with it', () => {
    const types = Object.keys(schemaWithoutServices().getTypeMap())
    expect(types.filter((name) => name.startsWith('Outbox'))).toEqual([])
    expect(schemaWithoutServices().getQueryType()?.getFields()['devOutbox']).toBeUndefined()
    expect(() => createSchema([resolver])).toThrow(
      'Fields for development only: Query.devOutbox, OutboxMessage.',
    )
  })

  it('of development contains it, with every field classified', () => {
    const table = readAccessTable(createSchema([resolver], { development: true }))
    expect(table['Query']).toEqual({ devOutbox: 'developer' })
    const fields = ['at', 'channel', 'html', 'subject', 'text', 'to']
    expect(table['OutboxMessage']).toEqual(Object.fromEntries(fields.map((field) => [field, 'developer'])))
  })
})
