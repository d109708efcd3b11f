import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createSmtp, type SmtpOptions } from '../../../src/adapters/mailer/smtp.ts'
import { parseEmail, type EmailAddress } from '../../../src/core/email-address.ts'
import { removeFolder, temporaryFolder } from '../../support/backends.ts'
import { hasOpenssl, createCertificate } from '../../support/certificates.ts'
import { startMailServer, type MailServer } from '../../support/servers/smtp.ts'

const address = toAddress('no-reply@example.com')
const MESSAGE = {
  id: 'message-1',
  to: toAddress('ada@example.com'),
  subject: 'Grüße',
  text: 'Your code is 123456\n',
  html: '<p>Your code is <b>123456</b></p>',
}
const AT = Date.UTC(2030, 0, 2, 3, 4, 5)
const folder = temporaryFolder()
const servers: MailServer[] = []
const closing: (() => Promise<void>)[] = []

async function serve(options: Parameters<typeof startMailServer>[0] = {}): Promise<MailServer> {
  const server = await startMailServer(options)
  servers.push(server)
  return server
}

function smtp(url: string, options: Partial<SmtpOptions> = {}) {
  const from = { name: 'Example', address }
  const transport = createSmtp({ url, ca: null, from, now: () => AT, ...options })
  closing.push(() => transport.close())
  return (message: Partial<typeof MESSAGE> = {}, signal = new AbortController().signal) =>
    transport.send({ ...MESSAGE, ...message }, signal)
}

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  for (const server of servers.splice(0)) await server.close()
})
afterAll(() => removeFolder(folder))

describe('SMTP', () => {
  it('sends text and HTML with the sender, a stable Message-ID and the header against automatic replies', async () => {
    const server = await serve()
    expect(await smtp(`smtp://${server.address}`)()).toBe('sent')
    const [received] = server.received
    expect(received).toMatchObject({ from: address, to: [MESSAGE.to], secure: false })
    expect(received?.mail).toMatchObject({
      subject: 'Grüße',
      text: expect.stringMatching(/^Your code is 123456\s+$/) as string,
      html: expect.stringContaining('<b>123456</b>') as string,
      from: { name: 'Example', address },
      to: [{ address: MESSAGE.to }],
      messageId: '<message-1@example.com>',
      date: new Date(AT).toISOString(),
    })
    expect(received?.mail.headers).toContainEqual(
      expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
    )
  })

  it('reuses its connections', async () => {
    let connections = 0
    const server = await serve({ onConnect: (_session, done) => ((connections += 1), done()) })
    const send = smtp(`smtp://${server.address}`)
    for (let count = 0; count < 5; count += 1) await send()
    expect([server.received.length, connections]).toEqual([5, 1])
  })

  it.each([
    ['a subject', { subject: 'Hello\r\nBcc: evil@example.net\r\n\r\nstolen' }],
    ['a subject, bare', { subject: 'Hello\nBcc: evil@example.net' }],
    ['an id', { id: 'x>\r\nBcc: evil@example.net\r\nX: <' }],
    ['the texts', { text: 'x\r\n.\r\nMAIL FROM:<evil@example.net>\r\n', html: 'x\n.\nRSET' }],
  ])('lets no line break in %s become a header or a command (SR-035)', async (_where, hostile) => {
    const server = await serve()
    expect(await smtp(`smtp://${server.address}`)(hostile)).toBe('sent')
    expect(server.received.map(({ to }) => to)).toEqual([[MESSAGE.to]])
    const { mail, raw } = server.received[0] ?? { mail: null, raw: '' }
    expect(mail?.headers.map(({ key }) => key)).not.toContain('bcc')
    expect(mail?.headers.filter(({ key }) => key === 'x')).toEqual([])
    expect([mail?.to?.length, mail?.cc]).toEqual([1, undefined])
    expect(raw.split('\r\n\r\n')[0]).not.toMatch(/^(bcc|evil|stolen|x):/im)
  })

  it.each([
    'ada@example.com\r\nBcc: evil@example.net',
    'ada@example.com>\r\nRCPT TO:<evil@example.net',
    'ada@example.com, evil@example.net',
    'ada@example.com\0',
  ])('sends nothing to %j, which is not a canonical address (SR-035)', async (hostile) => {
    const server = await serve()
    const sending = smtp(`smtp://${server.address}`)({ to: hostile as EmailAddress })
    await expect(sending).rejects.toThrow(/^smtp: [\w ]+$/)
    expect(server.received).toEqual([])
  })

  it('reports a 5xx reply to the recipient as a rejection and a 4xx reply as a failure, and quotes neither (SR-029, SR-034)', async () => {
    const server = await serve()
    const send = smtp(`smtp://${server.address}`)
    server.answer = () => 550
    expect(await send()).toBe('refused')
    server.answer = () => 451
    await expect(send()).rejects.toThrow(/^smtp: EENVELOPE 451 at 127\.0\.0\.1:\d+$/)
    server.answer = () => null
    expect(await send()).toBe('sent')
  })

  it('fails, without rejecting the message, when the server rejects the sender or the login, or is down', async () => {
    const refuse = (_: unknown, __: unknown, done: (error: Error) => void) =>
      done(Object.assign(new Error('who?'), { responseCode: 553 }))
    const strict = await serve({ onMailFrom: refuse })
    await expect(smtp(`smtp://${strict.address}`)()).rejects.toThrow('smtp: EENVELOPE 553')
    const closed = await serve({ onAuth: (_auth, _session, done) => done(null, {}) })
    await expect(smtp(`smtp://ada:wrong-canary@${closed.address}`)()).rejects.toThrow(
      `smtp: EAUTH 535 at ${closed.address}`,
    )
    await closed.close()
    servers.splice(servers.indexOf(closed), 1)
    await expect(smtp(`smtp://${closed.address}`)()).rejects.toThrow(/^smtp: E\w+ at 127\.0\.0\.1:\d+$/)
  })

  it('stops when it is aborted', async () => {
    const server = await serve()
    let release = () => {}
    server.answer = () => new Promise((resolve) => (release = resolve))
    const controller = new AbortController()
    const sending = smtp(`smtp://${server.address}`)({}, controller.signal)
    controller.abort()
    await expect(sending).rejects.toThrow(/^smtp: /)
    release()
  })
})

describe.skipIf(!hasOpenssl)('SMTP over TLS', () => {
  const certificate = hasOpenssl ? createCertificate(folder, 'mail') : { cert: '', key: '' }
  const other = hasOpenssl ? createCertificate(folder, 'other') : { cert: '', key: '' }
  const { cert, key } = certificate
  const onAuth: NonNullable<Parameters<typeof startMailServer>[0]>['onAuth'] = (auth, _session, done) =>
    auth.username === 'gate@way' && auth.password === 'p/w:ü'
      ? done(null, { user: auth.username })
      : done(new Error('no'))
  const credentials = `${encodeURIComponent('gate@way')}:${encodeURIComponent('p/w:ü')}`

  it('uses STARTTLS where it is required, and logs in', async () => {
    const server = await serve({ cert, key, onAuth, authOptional: false })
    expect(await smtp(`smtp://${credentials}@${server.address}`, { ca: cert })()).toBe('sent')
    expect(server.received[0]).toMatchObject({ secure: true, user: 'gate@way' })
  })

  it('uses implicit TLS for smtps://', async () => {
    const server = await serve({ cert, key, secure: true, onAuth })
    expect(await smtp(`smtps://${credentials}@${server.address}`, { ca: cert })()).toBe('sent')
    expect(server.received[0]?.secure).toBe(true)
  })

  it.each([
    ['smtp', false],
    ['smtps', true],
  ])('sends nothing by %s:// to a server whose certificate is not trusted', async (scheme, secure) => {
    const server = await serve({ cert, key, secure, onAuth })
    for (const ca of scheme === 'smtps' ? [other.cert, null] : [other.cert])
      await expect(smtp(`${scheme}://${credentials}@${server.address}`, { ca })()).rejects.toThrow(/^smtp: /)
    expect(server.received).toEqual([])
  })

  it('sends neither credentials nor messages to a remote server without STARTTLS', async () => {
    let logins = 0
    const server = await serve({
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => ((logins += 1), done(null, { user: 'x' })),
    })
    // A local address outside the loopback range.
    const remote = server.address.replace('127.0.0.1', '0.0.0.0')
    await expect(smtp(`smtp://${credentials}@${remote}`)()).rejects.toThrow(/^smtp: E/)
    expect([server.received.length, logins]).toEqual([0, 0])
    expect(await smtp(`smtp://${credentials}@${server.address}`)()).toBe('sent')
  })
})

function toAddress(text: string): EmailAddress {
  const parsed = parseEmail(text)
  if (!parsed) throw new Error('the address must be valid')
  return parsed
}
