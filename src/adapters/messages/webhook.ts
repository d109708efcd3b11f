import { createHmac } from 'node:crypto'
import type { Channel } from '../../core/channel.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MessageTransport } from '../../ports/message-transport.ts'
import type { TraceHeaders } from '../../ports/tracing.ts'
import { postMessage } from './post.ts'

/** Options of the webhook. */
export interface WebhookOptions {
  readonly channel: Channel
  readonly url: string
  readonly secret: string
  readonly now: Clock
  /** Headers that continue the current trace at the operator's service; omitted: none. */
  readonly traceHeaders?: () => TraceHeaders | null
}

/**
 * Posts messages as JSON to the operator's URL. `Gateway-Signature: t=<seconds>,v1=<hex>` is the HMAC-SHA-256
 * of `<seconds>.<body>`, so that receivers can reject old requests. `Idempotency-Key` is the message id, so
 * that they can recognise repeated ones. The signature is one HMAC call, which receivers verify without a
 * library.
 */
export function createWebhook<Message extends { readonly id: string }>({
  channel,
  url,
  secret,
  now,
  traceHeaders,
}: WebhookOptions): MessageTransport<Message> {
  return {
    name: 'webhook',
    send(message, signal) {
      const body = JSON.stringify({ channel, ...message })
      const seconds = Math.floor(now() / 1000)
      const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': message.id,
        'gateway-signature': `t=${seconds},v1=${mac}`,
        ...traceHeaders?.(),
      }
      return postMessage({ transport: 'webhook', url, headers, body, signal })
    },
    close: async () => undefined,
  }
}
