import { createDevMailboxWriter, type DevMailboxWriter } from '../adapters/dev-mailbox/dev-mailbox-writer.ts'
import { openMailTransport } from '../adapters/mailer/index.ts'
import { createFailOver } from '../adapters/messages/fail-over.ts'
import { openSmsTransport } from '../adapters/sms/index.ts'
import type { Config } from '../config/config.ts'
import type { Channel } from '../core/channel.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { MailMessage } from '../ports/mailer.ts'
import type { MessageSenders } from '../ports/message-senders.ts'
import type { MessageTransport } from '../ports/message-transport.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { SmsMessage } from '../ports/sms.ts'
import type { Tracing } from '../ports/tracing.ts'
import { traceTransport } from './traced-ports.ts'

/** What the senders need. */
export interface SenderDependencies {
  readonly now: Clock
  readonly metrics: Metrics
  readonly log: Logger
  readonly tracing: Tracing
}

/** Transports of an embedding program or a test, and where the development mailbox prints. */
interface SenderOverrides {
  readonly mailTransports?: readonly MessageTransport<MailMessage>[]
  readonly smsTransports?: readonly MessageTransport<SmsMessage>[]
  readonly show?: ((text: string) => void) | null
}

/** A transport of the settings; the one that writes files has no URL. */
interface TransportConfig {
  readonly kind: string
  readonly url?: string
}

/** The sender of each channel, over the transports that the settings name. */
export function openSenders(
  config: Config,
  deps: SenderDependencies,
  overrides: SenderOverrides,
): MessageSenders {
  const { now, metrics, log, tracing } = deps
  const devMailbox = openDevMailbox(config, now, overrides.show)
  const context = { devMailbox, now, traceHeaders: () => tracing.headers() }
  const { mail, sms } = config.messages
  const trace = <Message>(transport: MessageTransport<Message>, channel: Channel, one?: TransportConfig) =>
    traceTransport(transport, { channel, url: one?.url ?? null }, tracing)
  const mailTransports =
    overrides.mailTransports?.map((transport) => trace(transport, 'EMAIL')) ??
    mail.map((one) => trace(openMailTransport(one, context), 'EMAIL', one))
  const smsTransports =
    overrides.smsTransports?.map((transport) => trace(transport, 'SMS')) ??
    sms.map((one) => trace(openSmsTransport(one, context), 'SMS', one))
  return {
    EMAIL: createFailOver({ channel: 'EMAIL', transports: mailTransports, metrics, log }),
    SMS: createFailOver({ channel: 'SMS', transports: smsTransports, metrics, log }),
  }
}

/**
 * Writes to files in every environment, and to the console except in production, where logs must not contain
 * codes.
 */
function openDevMailbox(config: Config, now: Clock, show: SenderOverrides['show']): DevMailboxWriter {
  const console = show === undefined ? (text: string) => void process.stdout.write(text) : show
  const shown = config.server.environment === 'production' ? null : console
  return createDevMailboxWriter({ folder: `${config.server.dataDir}/outbox`, now, show: shown })
}
