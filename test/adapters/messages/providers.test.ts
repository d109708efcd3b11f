import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMailgun } from '../../../src/adapters/mailer/mailgun.ts'
import { createSendGrid } from '../../../src/adapters/mailer/sendgrid.ts'
import { createWebhook } from '../../../src/adapters/messages/webhook.ts'
import { createTwilio } from '../../../src/adapters/sms/twilio.ts'
import type { EmailAddress } from '../../../src/core/email-address.ts'
import type { PhoneNumber } from '../../../src/core/phone.ts'
import { startProvider, type Provider } from '../../support/servers/provider.ts'

const MAIL = {
  id: 'message-1',
  to: 'ada@example.org' as EmailAddress,
  subject: 'Your sign-in code',
  text: 'Your code is 123456',
  html: '<p>Your code is 123456</p>',
}
const SMS = { id: 'message-1', to: '+447400123456' as PhoneNumber, text: 'Your code is 123456 & more' }
const from = { name: 'Example', address: 'no-reply@example.com' as EmailAddress }
const ACCOUNT = `AC${'0'.repeat(32)}`
const SERVICE = `MG${'a'.repeat(32)}`
const AT = 1_900_000_000_123

let provider: Provider
beforeEach(async () => void (provider = await startProvider()))
afterEach(() => provider.close())
const signal = () => new AbortController().signal

const sendGrid = () => createSendGrid({ url: provider.url, apiKey: 'SG.key', from }).send(MAIL, signal())
const mailgun = () =>
  createMailgun({ url: provider.url, apiKey: 'key-1', domain: 'mg.example.com', from }).send(MAIL, signal())
const twilio = (sender = '+15005550006') =>
  createTwilio({ url: provider.url, accountSid: ACCOUNT, authToken: 'token', from: sender }).send(
    SMS,
    signal(),
  )
const webhook = (url = `${provider.url}/hook?tenant=1`) =>
  createWebhook<typeof MAIL>({ channel: 'EMAIL', url, secret: 'shared', now: () => AT }).send(MAIL, signal())

/** The decoded credentials of `Authorization: Basic`. */
function decodeBasic(authorization: string | undefined): string {
  return Buffer.from((authorization ?? '').replace(/^Basic /, ''), 'base64').toString()
}

describe('requests follow the documentation of', () => {
  it('SendGrid v3 Mail Send: JSON, plain text first, no tracking', async () => {
    expect(await sendGrid()).toBe('sent')
    const [request] = provider.requests
    expect(request).toMatchObject({
      method: 'POST',
      path: '/v3/mail/send',
      headers: { authorization: 'Bearer SG.key', 'content-type': 'application/json' },
    })
    expect(JSON.parse(request?.body ?? '')).toEqual({
      personalizations: [{ to: [{ email: MAIL.to }] }],
      from: { email: 'no-reply@example.com', name: 'Example' },
      subject: MAIL.subject,
      content: [
        { type: 'text/plain', value: MAIL.text },
        { type: 'text/html', value: MAIL.html },
      ],
      headers: { 'Message-ID': '<message-1@example.com>', 'Auto-Submitted': 'auto-generated' },
      tracking_settings: {
        click_tracking: { enable: false, enable_text: false },
        open_tracking: { enable: false },
      },
    })
  })

  it('Mailgun v3 Messages: a form, no tracking', async () => {
    expect(await mailgun()).toBe('sent')
    const [request] = provider.requests
    expect([request?.method, request?.path]).toEqual(['POST', '/v3/mg.example.com/messages'])
    expect(decodeBasic(request?.headers.authorization)).toBe('api:key-1')
    expect(request?.form).toEqual({
      from: '"Example" <no-reply@example.com>',
      to: MAIL.to,
      subject: MAIL.subject,
      text: MAIL.text,
      html: MAIL.html,
      'h:Message-Id': '<message-1@example.com>',
      'h:Auto-Submitted': 'auto-generated',
      'o:tracking': 'no',
    })
  })

  it.each([
    ['a number', '+15005550006', 'From'],
    ['a name', 'Example', 'From'],
    ['a messaging service', SERVICE, 'MessagingServiceSid'],
  ])('Twilio Messages 2010-04-01: from %s', async (_kind, sender, field) => {
    expect(await twilio(sender)).toBe('sent')
    const [request] = provider.requests
    expect(request).toMatchObject({
      method: 'POST',
      path: `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`,
      headers: { 'content-type': expect.stringContaining('application/x-www-form-urlencoded') as string },
    })
    expect(decodeBasic(request?.headers.authorization)).toBe(`${ACCOUNT}:token`)
    expect(request?.form).toEqual({ To: SMS.to, [field]: sender, Body: SMS.text })
  })

  it('the webhook: JSON with a timestamped signature and an idempotency key', async () => {
    expect(await webhook()).toBe('sent')
    const [request] = provider.requests
    expect([request?.method, request?.path]).toEqual(['POST', '/hook?tenant=1'])
    const body = request?.body ?? ''
    expect(JSON.parse(body)).toEqual({ channel: 'EMAIL', ...MAIL })
    const mac = createHmac('sha256', 'shared').update(`1900000000.${body}`).digest('hex')
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'gateway-signature': `t=1900000000,v1=${mac}`,
      'idempotency-key': 'message-1',
    })
  })
})

describe.each([
  ['sendgrid', sendGrid],
  ['mailgun', mailgun],
  ['twilio', () => twilio()],
  ['webhook', () => webhook()],
] as const)('%s', (name, send) => {
  it.each([200, 201, 202, 204])('reports the message as sent for status %d', async (status) => {
    provider.answer = () => status
    expect(await send()).toBe('sent')
  })

  it.each([400, 413, 422])('reports the message as rejected for status %d', async (status) => {
    provider.answer = () => status
    expect(await send()).toBe('refused')
  })

  it.each([401, 403, 404, 408, 429, 500, 502, 503])(
    'fails with nothing but the status %d and the host in its error (SR-029)',
    async (status) => {
      provider.answer = () => status
      const { host } = new URL(provider.url)
      const message = `${name}: HTTP status ${status} at ${host}`
      expect(await readFailure(send)).toEqual(['TransportError', message, undefined])
    },
  )

  it('fails with the socket error code and the host when the server is down', async () => {
    const { host } = new URL(provider.url)
    await provider.close()
    expect(await readFailure(send)).toEqual(['TransportError', `${name}: ECONNREFUSED at ${host}`, undefined])
    provider = await startProvider()
  })
})

/** The part of an error that is logged. */
async function readFailure(send: () => Promise<unknown>): Promise<unknown[]> {
  const error: unknown = await send().then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return error instanceof Error ? [error.name, error.message, error.cause] : ['nothing']
}

describe('a webhook', () => {
  it('does not follow redirects, so that no other host gets the message', async () => {
    const server = createServer((_request, response) =>
      response.writeHead(307, { location: `${provider.url}/elsewhere` }).end(),
    ).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await expect(webhook(`http://127.0.0.1:${port}/`)).rejects.toThrow(/^webhook: /)
    expect(provider.requests).toEqual([])
    server.close()
    server.closeAllConnections()
  })
})
