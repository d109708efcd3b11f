import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../src/config/load-config.ts'
import { collectProblems } from '../../support/config-problems.ts'

const SECRET = 'k7#mQ9!zR2@vX5$wB8^nC1&pD4*fG6(h'
const load = (variables: Record<string, string>) => loadConfig({ variables, readFile: () => '' })
const SMTP = { MAIL_TRANSPORTS: 'smtp', MAIL_FROM: 'a@example.com', SMTP_URL: 'smtp://mail.example.com' }
const HOOK = { MESSAGE_WEBHOOK_URL: 'https://a.example/x?y=1', MESSAGE_WEBHOOK_SECRET: SECRET }
const TWILIO = {
  SMS_TRANSPORTS: 'twilio',
  SMS_FROM: 'Example',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
}

const findProblems = (variables: Record<string, string>) =>
  collectProblems(() => load(variables)).map((problem) => problem.split(':')[0] ?? '')

describe('the settings of messages', () => {
  it('select the development mailbox by default', () => {
    expect(load({}).messages).toEqual({ mail: [{ kind: 'outbox' }], sms: [{ kind: 'outbox' }], attempts: 16 })
    expect(load({}).metrics).toBeNull()
  })

  it('keep the order of the transports and give each one its own settings', () => {
    const { mail, sms } = load({
      ...SMTP,
      ...HOOK,
      ...TWILIO,
      MAIL_TRANSPORTS: 'sendgrid, smtp,mailgun,webhook,outbox',
      MAIL_FROM: 'Exämple & Söhne <No-Reply@EXAMPLE.com>',
      SENDGRID_API_KEY: 'SG.1',
      SENDGRID_URL: 'https://api.eu.sendgrid.com/',
      MAILGUN_API_KEY: 'key',
      MAILGUN_DOMAIN: 'mg.example.com',
      SMS_TRANSPORTS: 'webhook,twilio',
    }).messages
    const from = { name: 'Exämple & Söhne', address: 'no-reply@example.com' }
    const webhook = { kind: 'webhook', url: 'https://a.example/x?y=1', secret: SECRET }
    expect(mail).toEqual([
      { kind: 'sendgrid', url: 'https://api.eu.sendgrid.com', apiKey: 'SG.1', from },
      { kind: 'smtp', url: 'smtp://mail.example.com', ca: null, from },
      { kind: 'mailgun', url: 'https://api.mailgun.net', apiKey: 'key', domain: 'mg.example.com', from },
      webhook,
      { kind: 'outbox' },
    ])
    expect(sms).toMatchObject([webhook, { kind: 'twilio', from: 'Example', url: 'https://api.twilio.com' }])
  })

  it.each([
    [{ MAIL_TRANSPORTS: 'smtp' }, ['SMTP_URL', 'MAIL_FROM']],
    [{ MAIL_TRANSPORTS: 'sendgrid' }, ['SENDGRID_API_KEY', 'MAIL_FROM']],
    [{ MAIL_TRANSPORTS: 'mailgun' }, ['MAILGUN_API_KEY', 'MAILGUN_DOMAIN', 'MAIL_FROM']],
    [{ SMS_TRANSPORTS: 'twilio' }, ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'SMS_FROM']],
    [{ SMS_TRANSPORTS: 'webhook' }, ['MESSAGE_WEBHOOK_URL', 'MESSAGE_WEBHOOK_SECRET']],
    [{ ...SMTP, MAIL_TRANSPORTS: 'outbox' }, ['SMTP_URL']],
    [{ ...SMTP, MAIL_TRANSPORTS: 'smtp,smtp' }, ['MAIL_TRANSPORTS']],
    [{ MAIL_TRANSPORTS: 'pigeon' }, ['MAIL_TRANSPORTS']],
    [{ SMS_TRANSPORTS: 'smtp' }, ['SMS_TRANSPORTS']],
    [{ MAIL_TRANSPORTS: 'webhook', ...HOOK, GATEWAY_SECRET: SECRET }, ['GATEWAY_SECRET']],
    [{ MAIL_TRANSPORTS: 'webhook', ...HOOK, MESSAGE_WEBHOOK_SECRET: 'short' }, ['MESSAGE_WEBHOOK_SECRET']],
  ])('reject %j and name %j', (variables, names) => {
    expect(findProblems(variables as Record<string, string>)).toEqual(names)
  })

  it.each([
    ['SMTP_URL', SMTP, ['smtps://u:p@h:465', 'smtp://[::1]:25/', 'smtp://h']],
    ['MAIL_FROM', SMTP, ['a@b.example', '<a@b.example>', "O'Neil, Inc. <a@b.example>"]],
    ['SMS_FROM', TWILIO, ['+15005550006', 'Example 1', `MG${'a'.repeat(32)}`]],
    ['TWILIO_URL', TWILIO, ['https://a.example', 'http://127.0.0.1:1', 'http://[::1]:1', 'http://localhost']],
  ])('accept for %s every valid form', (name, others, values) => {
    for (const value of values) expect(findProblems({ ...others, [name]: value }), value).toEqual([])
  })

  it.each([
    // A query could turn off the verification of the certificate.
    ['SMTP_URL', SMTP, ['smtp://h?tls.rejectUnauthorized=false', 'http://h', 'smtp://h/x', 'smtp:', 'h:25']],
    [
      'MAIL_FROM',
      SMTP,
      ['a', 'A <a@b.example>\r\nBcc: <c@d.example>', 'A\nB <a@b.example>', '"A" <a@b.example>'],
    ],
    ['SMS_FROM', TWILIO, ['12345', '+1', 'twelve chars', 'Ä', 'a\nb']],
    ['TWILIO_URL', TWILIO, ['http://a.example', 'https://u:p@a.example', 'https://a.example?x=1', 'ftp://a']],
    ['TWILIO_ACCOUNT_SID', TWILIO, ['AC../../x', 'AC']],
  ])('reject for %s every invalid form', (name, others, values) => {
    for (const value of values) expect(findProblems({ ...others, [name]: value }), value).toEqual([name])
  })
})
