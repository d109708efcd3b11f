import type { MailTransportConfig } from '../../config/groups/messages/messages.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MailMessage } from '../../ports/mailer.ts'
import type { MessageTransport } from '../../ports/message-transport.ts'
import { createWebhook } from '../messages/webhook.ts'
import { createMailgun } from './mailgun.ts'
import type { DevMailboxWriter } from '../dev-mailbox/dev-mailbox-writer.ts'
import { createSendGrid } from './sendgrid.ts'
import { createSmtp } from './smtp.ts'

/** Opens the configured e-mail transport. */
export function openMailTransport(
  config: MailTransportConfig,
  devMailbox: DevMailboxWriter,
  now: Clock,
): MessageTransport<MailMessage> {
  switch (config.kind) {
    case 'smtp':
      return createSmtp({ ...config, now })
    case 'sendgrid':
      return createSendGrid(config)
    case 'mailgun':
      return createMailgun(config)
    case 'webhook':
      return createWebhook({ ...config, channel: 'EMAIL', now })
    case 'outbox':
      return devMailbox.mail
  }
}
