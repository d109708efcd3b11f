import { createTransport } from 'nodemailer'
import { SECOND_MS } from '../../core/duration.ts'
import { parseEmail } from '../../core/email-address.ts'
import { isLoopback } from '../../core/network.ts'
import type { MailFrom } from '../../ports/mailer.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MailMessage } from '../../ports/mailer.ts'
import type { DeliveryResult, MessageTransport } from '../../ports/message-transport.ts'
import { buildMessageId } from './message-id.ts'
import { TransportError, toErrorReason } from '../messages/transport-error.ts'

/** Options of SMTP. */
export interface SmtpOptions {
  /**
   * `smtps://` (implicit TLS) or `smtp://` (STARTTLS, required unless the host is loopback), with
   * credentials.
   */
  readonly url: string
  /** Certificate authority of the server, PEM; null: the authorities that Node.js trusts. */
  readonly ca: string | null
  readonly from: MailFrom
  readonly now: Clock
}

/** Most connections: one for each message that is sent concurrently. */
const MAX_CONNECTIONS = 10
/** Shorter than the timeout of a transport, so that a hung connection is closed. */
const TIMEOUTS = {
  connectionTimeout: 5 * SECOND_MS,
  greetingTimeout: 5 * SECOND_MS,
  dnsTimeout: 5 * SECOND_MS,
  socketTimeout: 7 * SECOND_MS,
}

/** E-mail by SMTP (RFC 5321) over pooled connections. */
export function createSmtp({ url, ca, from, now }: SmtpOptions): MessageTransport<MailMessage> {
  const connection = toConnectionOptions(url, ca)
  const server = `${connection.host}:${connection.port}`
  const pool = createTransport({ ...connection, ...POOL_OPTIONS })
  return {
    name: 'smtp',
    async send({ id, to, subject, text, html, images = [] }, signal) {
      // nodemailer parses any text as a list of addresses.
      if (parseEmail(to) !== to) throw new TransportError('smtp: the address is not canonical')
      try {
        await pool.sendMail({
          from,
          to: { name: '', address: to },
          envelope: { from: from.address, to: [to] },
          messageId: buildMessageId(id, from),
          date: new Date(now()),
          // RFC 3834 §5: prevents automatic replies.
          headers: { 'Auto-Submitted': 'auto-generated' },
          subject,
          text,
          html,
          attachments: images.map(({ cid, type, base64 }) => ({
            ...{ cid, contentType: type, content: base64, encoding: 'base64' as const },
            ...{ filename: `${cid}.png`, contentDisposition: 'inline' as const },
          })),
          signal,
        })
        return 'sent'
      } catch (error) {
        return toDeliveryResult(error, server)
      }
    },
    close: async () => pool.close(),
  }
}

const POOL_OPTIONS = {
  pool: true,
  maxConnections: MAX_CONNECTIONS,
  // Failed messages are rescheduled in the outbox, which all nodes share, not in the memory of this process.
  maxRequeues: 0,
  disableFileAccess: true,
  disableUrlAccess: true,
  ...TIMEOUTS,
} as const

/** Connects, negotiates TLS and signs in, and sends nothing. Rejects as nodemailer does. */
export async function verifySmtp(url: string, ca: string | null): Promise<void> {
  const transport = createTransport({ ...toConnectionOptions(url, ca), ...TIMEOUTS })
  try {
    await transport.verify()
  } finally {
    transport.close()
  }
}

/** Parsed by hand: nodemailer would read options from the query, such as `rejectUnauthorized`. */
function toConnectionOptions(url: string, ca: string | null) {
  const { protocol, hostname, port, username, password } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const implicit = protocol === 'smtps:'
  // A local mail server usually has no certificate, or one for another host name.
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

/**
 * A permanent (5xx) reply to the recipient or the content rejects the message. Other errors concern the
 * transport.
 */
function toDeliveryResult(error: unknown, server: string): DeliveryResult {
  const { permanent, command, responseCode } = error as SmtpError
  if (permanent && (command === 'RCPT TO' || command === 'DATA')) return 'refused'
  const reason = `${toErrorReason(error)}${responseCode === undefined ? '' : ` ${responseCode}`}`
  throw new TransportError(`smtp: ${reason} at ${server}`, reason)
}

/** Properties of nodemailer's errors. */
interface SmtpError {
  readonly permanent?: boolean
  readonly command?: string
  readonly responseCode?: number
}
