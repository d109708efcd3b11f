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
function findFrames(page: string): string[] {
  return [...page.matchAll(/<iframe ([^>]*)>/g)].map(([, attributes = '']) => attributes)
}

/** The message that a frame shows. */
function openFrame(gateway: TestGateway, attributes = '') {
  const [, url = ''] = / src="([^"]*)"/.exec(attributes) ?? []
  return gateway.app.http.app.inject({ url, remoteAddress: '127.0.0.1' })
}

describe('the development mailbox', () => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { NODE_ENV: 'development' })))
  afterAll(() => gateway.close())
  const append = (message: object) =>
    appendFileSync(
      join(gateway.folder, 'outbox/outbox.jsonl'),
      `${JSON.stringify({ id: newAddress(), at: '2027-01-31T08:00:00.000Z', to: 'x@example.com', subject: 's', text: 't', ...message })}\n`,
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
    expect(page.body).toContain(`<code>${code}</code>`)
    expect(page.body).toContain('<code>654321</code>')
    const frames = findFrames(page.body)
    expect(frames).toHaveLength(1)
    expect((await openFrame(gateway, frames[0])).body).toContain('<html lang="ko"')
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
    expect(body.replace(/<script>[\s\S]*<\/script>/, '')).not.toMatch(/<script|<img/)
    const frames = findFrames(body)
    for (const attributes of frames)
      expect(attributes).toMatch(
        /^sandbox="allow-popups allow-popups-to-escape-sandbox" title="[^"]*" loading="lazy" src="\/dev\/outbox\/[^"]*"$/,
      )
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    )
    const message = await openFrame(gateway, frames[0])
    expect(message.body).toContain(hostile)
    expect(message.headers['content-security-policy']).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
    )
    const links = [...body.matchAll(/ href="([^"]*)"/g)].map(([, href]) => href)
    expect(links.filter((href) => !href?.includes('/verify-email#token='))).toEqual([
      'data:,',
      'https://a.example/&#34;x',
    ])
  })

  it('selects by a part of the address, without the page around the list for the script', async () => {
    const list = (query: string, headers = {}) =>
      gateway.app.http.app.inject({ url: `/dev/outbox/list?${query}`, headers })
    append({ to: 'Grace.Hopper@example.com', subject: 'For Grace' })
    const found = await list('to=hopper%40')
    expect(found.body).toContain('For Grace')
    expect(found.body.match(/<article/g)).toHaveLength(1)
    expect(found.body).not.toContain('<html')
    expect((await list('to=hopper&to=x')).body.match(/<article/g)?.length).toBeGreaterThan(1)
    expect((await list('to=nobody%40')).body).toContain('No message to such an address')
    const etag = String(found.headers.etag)
    expect((await list('to=hopper%40', { 'if-none-match': etag })).statusCode).toBe(304)
  })

  it('has no message of another id', async () => {
    const response = await gateway.app.http.app.inject({ url: '/dev/outbox/unknown' })
    expect(response.statusCode).toBe(404)
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
    for (const url of ['/dev/outbox/list', '/dev/outbox/x']) {
      const part = await gateway.app.http.app.inject({ url, remoteAddress: address, headers })
      expect([url, part.statusCode]).toEqual([url, 404])
    }
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
