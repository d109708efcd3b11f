import { createTransport } from 'nodemailer'
import { parseEmail } from '../../core/email-address.ts'
import { isLoopback } from '../../core/network.ts'
import type { MailFrom } from '../../ports/mailer.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MailMessage } from '../../ports/mailer.ts'
import type { HandOver, Transport } from '../../ports/message-transport.ts'
import { buildMessageId } from './message-id.ts'
import { TransportError, reasonOf } from '../messages/transport-error.ts'

/** What SMTP needs. */
export interface SmtpOptions {
  /** `smtps://` (TLS from the first octet) or `smtp://` (STARTTLS, required unless the host is loopback), with credentials. */
  readonly url: string
  /** Certificate authority of the server, PEM; null: those that Node.js trusts. */
  readonly ca: string | null
  readonly from: MailFrom
  readonly now: Clock
}

/** As many as messages are under way at a time. */
const CONNECTIONS = 10
/** Milliseconds; all of them shorter than what a message may take, so that a connection that hangs is not kept. */
const TIMES = { connectionTimeout: 5000, greetingTimeout: 5000, dnsTimeout: 5000, socketTimeout: 7000 }

/** E-mail by SMTP (RFC 5321), over connections that are kept. */
export function createSmtp({ url, ca, from, now }: SmtpOptions): Transport<MailMessage> {
  const pool = createTransport({ ...toPostConnection(url, ca), ...LIMITS })
  return {
    name: 'smtp',
    async send({ id, to, subject, text, html }, signal) {
      // nodemailer reads a list of addresses out of whatever it is given.
      if (parseEmail(to) !== to) throw new TransportError('smtp: the address is not in canonical form')
      try {
        await pool.sendMail({
          from,
          to: { name: '', address: to },
          envelope: { from: from.address, to: [to] },
          messageId: buildMessageId(id, from),
          date: new Date(now()),
          // RFC 3834 §5: out-of-office programs do not answer.
          headers: { 'Auto-Submitted': 'auto-generated' },
          subject,
          text,
          html,
          signal,
        })
        return 'sent'
      } catch (error) {
        return refusalOf(error)
      }
    },
    close: async () => pool.close(),
  }
}

const LIMITS = {
  pool: true,
  maxConnections: CONNECTIONS,
  // What fails is put off where everybody sees it, not in the memory of this process.
  maxRequeues: 0,
  disableFileAccess: true,
  disableUrlAccess: true,
  ...TIMES,
} as const

/** Read by hand: nodemailer would take options from the query, `rejectUnauthorized` among them. */
function toPostConnection(url: string, ca: string | null) {
  const { protocol, hostname, port, username, password } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const implicit = protocol === 'smtps:'
  // A mail server of this machine mostly has a certificate that names another host, if any.
  const needsTls = !isLoopback(host) || ca !== null
  const credentials = { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
  return {
    host,
    port: port === '' ? (implicit ? 465 : 587) : Number(port),
    secure: implicit,
    requireTLS: !implicit && needsTls,
    ignoreTLS: !implicit && !needsTls,
    tls: { minVersion: 'TLSv1.2' as const, ...(ca === null ? {} : { ca }) },
    ...(username === '' ? {} : { auth: credentials }),
  }
}

/** A 5xx for the recipient or the content is about this message; for the sign-in or the sender it is about us. */
function refusalOf(error: unknown): HandOver {
  const { permanent, command, responseCode } = error as Failure
  if (permanent && (command === 'RCPT TO' || command === 'DATA')) return 'refused'
  throw new TransportError(`smtp: ${reasonOf(error)}${responseCode === undefined ? '' : ` ${responseCode}`}`)
}

/** What nodemailer adds to its errors. */
interface Failure {
  readonly permanent?: boolean
  readonly command?: string
  readonly responseCode?: number
}
