import type { SmsTransportConfig } from '../../config/groups/messages/messages.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MessageTransport } from '../../ports/message-transport.ts'
import type { SmsMessage } from '../../ports/sms.ts'
import type { DevMailboxWriter } from '../dev-mailbox/dev-mailbox-writer.ts'
import { createWebhook } from '../messages/webhook.ts'
import { createTwilio } from './twilio.ts'

/** Opens the configured SMS transport. */
export function openSmsTransport(
  config: SmsTransportConfig,
  devMailbox: DevMailboxWriter,
  now: Clock,
): MessageTransport<SmsMessage> {
  switch (config.kind) {
    case 'twilio':
      return createTwilio(config)
    case 'webhook':
      return createWebhook({ ...config, channel: 'SMS', now })
    case 'outbox':
      return devMailbox.sms
  }
}
