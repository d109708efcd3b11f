import type { SmsTransportConfig } from '../../config/groups/messages/messages.ts'
import type { MessageTransport } from '../../ports/message-transport.ts'
import type { SmsMessage } from '../../ports/sms.ts'
import type { TransportContext } from '../messages/transport-context.ts'
import { createWebhook } from '../messages/webhook.ts'
import { createTwilio } from './twilio.ts'

/** Opens the configured SMS transport. */
export function openSmsTransport(
  config: SmsTransportConfig,
  { devMailbox, now, traceHeaders }: TransportContext,
): MessageTransport<SmsMessage> {
  switch (config.kind) {
    case 'twilio':
      return createTwilio(config)
    case 'webhook':
      return createWebhook({ ...config, channel: 'SMS', now, traceHeaders })
    case 'outbox':
      return devMailbox.sms
  }
}
