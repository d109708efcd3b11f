import type { MailTransportConfig } from '../../config/groups/messages/messages.ts'
import type { MailMessage } from '../../ports/mailer.ts'
import type { MessageTransport } from '../../ports/message-transport.ts'
import type { TransportContext } from '../messages/transport-context.ts'
import { createWebhook } from '../messages/webhook.ts'
import { createMailgun } from './mailgun.ts'
import { createSendGrid } from './sendgrid.ts'
import { createSmtp } from './smtp.ts'

/** Opens the configured e-mail transport. */
export function openMailTransport(
  config: MailTransportConfig,
  { devMailbox, now, traceHeaders }: TransportContext,
): MessageTransport<MailMessage> {
  switch (config.kind) {
    case 'smtp':
      return createSmtp({ ...config, now })
    case 'sendgrid':
      return createSendGrid(config)
    case 'mailgun':
      return createMailgun(config)
    case 'webhook':
      return createWebhook({ ...config, channel: 'EMAIL', now, traceHeaders })
    case 'outbox':
      return devMailbox.mail
  }
}
