import { z } from 'zod'
import type { MailFrom } from '../../ports/mailer.ts'
import type { EmailAddress } from '../../core/contact.ts'
import { isLoopback } from '../../core/network.ts'
import {
  orderedWords,
  mailFrom,
  secret,
  smsFrom,
  smtpUrl,
  apiAddress,
  urlWith,
  webAddress,
  whole,
  type Setting,
} from '../setting-types.ts'

/** How messages leave, and what counts them. Each is an environment variable, as in `settings.ts`. */
export const MESSAGE_SETTINGS = {
  MAIL_TRANSPORTS: {
    type: orderedWords('smtp', 'sendgrid', 'mailgun', 'webhook', 'outbox').prefault('outbox'),
    doc: 'Ways for e-mail, separated by commas: `smtp`, `sendgrid`, `mailgun`, `webhook`, `outbox` (a file in `DATA_DIR`, and the console in development). Each stands in for those before it. Default: `outbox`.',
  },
  MAIL_FROM: {
    type: mailFrom.optional(),
    doc: 'Sender of e-mail: `Example <no-reply@example.com>` or the address alone.',
  },
  SMTP_URL: {
    type: smtpUrl.optional(),
    doc: '`smtp://user:password@host:587` (STARTTLS, required unless the host is loopback) or `smtps://…:465`; user and password percent-encoded. The certificate is verified.',
  },
  SMTP_CA: {
    type: z.string().optional(),
    doc: 'Certificate authority of the SMTP server, PEM; mostly as `SMTP_CA_FILE`. Default: those that Node.js trusts. With it TLS is required on loopback too.',
  },
  SENDGRID_API_KEY: { type: z.string().optional(), doc: 'Key of SendGrid that may use Mail Send.' },
  SENDGRID_URL: {
    type: apiAddress.default('https://api.sendgrid.com'),
    doc: 'SendGrid’s API; `https://api.eu.sendgrid.com` in the EU.',
  },
  MAILGUN_API_KEY: { type: z.string().optional(), doc: 'Sending key of Mailgun.' },
  MAILGUN_DOMAIN: {
    type: urlWith(/^[A-Za-z0-9.-]+$/, 'a domain such as mg.example.com').optional(),
    doc: 'Sending domain at Mailgun.',
  },
  MAILGUN_URL: {
    type: apiAddress.default('https://api.mailgun.net'),
    doc: 'Mailgun’s API; `https://api.eu.mailgun.net` in the EU.',
  },
  SMS_TRANSPORTS: {
    type: orderedWords('twilio', 'webhook', 'outbox').prefault('outbox'),
    doc: 'Ways for text messages, separated by commas: `twilio`, `webhook`, `outbox`. Each stands in for those before it. Default: `outbox`.',
  },
  SMS_FROM: {
    type: smsFrom.optional(),
    doc: 'Sender of text messages: a number in E.164, a name of 1 to 11 letters and digits, or the SID of a Twilio messaging service.',
  },
  TWILIO_ACCOUNT_SID: {
    type: urlWith(/^AC[0-9a-f]{32}$/, 'AC and 32 hexadecimal digits').optional(),
    doc: 'Account at Twilio.',
  },
  TWILIO_AUTH_TOKEN: { type: z.string().optional(), doc: 'Its auth token.' },
  TWILIO_URL: { type: apiAddress.default('https://api.twilio.com'), doc: 'Twilio’s API.' },
  MESSAGE_WEBHOOK_URL: {
    type: webAddress.optional(),
    doc: 'Where the transport `webhook` posts messages, signed: [docs/messages.md](messages.md).',
  },
  MESSAGE_WEBHOOK_SECRET: { type: secret.optional(), doc: 'Signs them, at least 32 bytes.' },
  MESSAGE_ATTEMPTS: {
    type: whole(1, 50).default(16),
    doc: 'Times that a message is tried, 1 to 50; the pause doubles from 2 s. A code is given up when it ends, any other message after a day.',
  },
  METRICS_PORT: {
    type: whole(0, 65535).optional(),
    doc: 'Serves `GET /metrics` (Prometheus) on a port of its own, 0 to 65535; 0 takes a free one. Default: not at all.',
  },
  METRICS_HOST: {
    type: z.string().min(1, 'a host name or address').default('127.0.0.1'),
    doc: 'With `METRICS_PORT`: address to listen on. There is no authentication: keep it inside.',
  },
} as const satisfies Record<string, Setting>

/** The settings of this file one by one, before they are checked against each other. */
export type MessageSettings = {
  [Name in keyof typeof MESSAGE_SETTINGS]: z.output<(typeof MESSAGE_SETTINGS)[Name]['type']>
}

interface WebhookConfig {
  readonly kind: 'webhook'
  readonly url: string
  readonly secret: string
}

/** A way for e-mail, with all that it needs. */
export type MailTransportConfig =
  | { readonly kind: 'smtp'; readonly url: string; readonly ca: string | null; readonly from: MailFrom }
  | { readonly kind: 'sendgrid'; readonly url: string; readonly apiKey: string; readonly from: MailFrom }
  | {
      readonly kind: 'mailgun'
      readonly url: string
      readonly apiKey: string
      readonly domain: string
      readonly from: MailFrom
    }
  | WebhookConfig
  | { readonly kind: 'outbox' }

/** A way for text messages, with all that it needs. */
export type SmsTransportConfig =
  | {
      readonly kind: 'twilio'
      readonly url: string
      readonly accountSid: string
      readonly authToken: string
      readonly from: string
    }
  | WebhookConfig
  | { readonly kind: 'outbox' }

/** How messages leave. */
export interface MessageConfig {
  /** In the order that they are tried in. */
  readonly mail: readonly MailTransportConfig[]
  readonly sms: readonly SmsTransportConfig[]
  readonly attempts: number
}

type Name = keyof MessageSettings

/** What each transport needs. The first of the names belongs to this transport alone. */
const NEEDS: Readonly<
  Record<'smtp' | 'sendgrid' | 'mailgun' | 'twilio' | 'webhook' | 'outbox', readonly Name[]>
> = {
  smtp: ['SMTP_URL', 'MAIL_FROM'],
  sendgrid: ['SENDGRID_API_KEY', 'MAIL_FROM'],
  mailgun: ['MAILGUN_API_KEY', 'MAILGUN_DOMAIN', 'MAIL_FROM'],
  twilio: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'SMS_FROM'],
  webhook: ['MESSAGE_WEBHOOK_URL', 'MESSAGE_WEBHOOK_SECRET'],
  outbox: [],
}
const ADDRESSES = ['SENDGRID_URL', 'MAILGUN_URL', 'TWILIO_URL', 'MESSAGE_WEBHOOK_URL'] as const

/** What contradicts itself between transports, credentials and addresses: whether it does, and the problem. */
export function messageRules(raw: MessageSettings & { readonly PORT: number }): [boolean, string][] {
  const named: readonly string[] = [...raw.MAIL_TRANSPORTS, ...raw.SMS_TRANSPORTS]
  const needs = Object.entries(NEEDS).flatMap(([transport, names]) =>
    names.map((name): [boolean, string] => [
      named.includes(transport) && raw[name] === undefined,
      `${name}: expected with the transport ${transport}`,
    ]),
  )
  const unused = Object.entries(NEEDS).map(([transport, [name]]): [boolean, string] => [
    name !== undefined && raw[name] !== undefined && !named.includes(transport),
    `${name}: expected only where MAIL_TRANSPORTS or SMS_TRANSPORTS name ${transport}`,
  ])
  const addresses = ADDRESSES.map((name): [boolean, string] => [
    isPlainAndFar(raw[name]),
    `${name}: expected https://, since messages hold live codes`,
  ])
  const port: [boolean, string] = [
    raw.METRICS_PORT === raw.PORT && raw.PORT !== 0,
    'METRICS_PORT: expected to differ from PORT',
  ]
  return [...needs, ...unused, ...addresses, port]
}

function isPlainAndFar(address: string | undefined): boolean {
  if (address === undefined) return false
  const { protocol, hostname } = new URL(address)
  return protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''))
}

/** The settings as the gateway uses them. They have been checked against each other. */
export function messagesOf(raw: MessageSettings): MessageConfig {
  const from = raw.MAIL_FROM ?? { name: '', address: '' as EmailAddress }
  const webhook = () =>
    ({
      kind: 'webhook',
      url: raw.MESSAGE_WEBHOOK_URL ?? '',
      secret: raw.MESSAGE_WEBHOOK_SECRET ?? '',
    }) as const
  const transports = {
    smtp: () => ({ kind: 'smtp', url: raw.SMTP_URL ?? '', ca: raw.SMTP_CA ?? null, from }) as const,
    sendgrid: () =>
      ({ kind: 'sendgrid', url: raw.SENDGRID_URL, apiKey: raw.SENDGRID_API_KEY ?? '', from }) as const,
    mailgun: () =>
      ({
        kind: 'mailgun',
        url: raw.MAILGUN_URL,
        apiKey: raw.MAILGUN_API_KEY ?? '',
        domain: raw.MAILGUN_DOMAIN ?? '',
        from,
      }) as const,
    twilio: () =>
      ({
        kind: 'twilio',
        url: raw.TWILIO_URL,
        accountSid: raw.TWILIO_ACCOUNT_SID ?? '',
        authToken: raw.TWILIO_AUTH_TOKEN ?? '',
        from: raw.SMS_FROM ?? '',
      }) as const,
    webhook,
    outbox: () => ({ kind: 'outbox' }) as const,
  }
  return {
    mail: raw.MAIL_TRANSPORTS.map((name) => transports[name]()),
    sms: raw.SMS_TRANSPORTS.map((name) => transports[name]()),
    attempts: raw.MESSAGE_ATTEMPTS,
  }
}
