import { createHmac } from 'node:crypto'
import type { Clock } from '../../ports/clock.ts'
import type { Transport } from '../../ports/message-transport.ts'
import { post } from './post.ts'

/** What the webhook needs. */
export interface WebhookOptions {
  readonly channel: 'EMAIL' | 'SMS'
  readonly url: string
  readonly secret: string
  readonly now: Clock
}

/**
 * Posts messages to an address of the operator's as JSON. `Gateway-Signature: t=<seconds>,v1=<hex>` is the HMAC-SHA-256 of
 * `<seconds>.<body>`: what is old is told from what is new, and the message's id from its repetition (`Idempotency-Key`).
 */
export function createWebhook<Message extends { readonly id: string }>({
  channel,
  url,
  secret,
  now,
}: WebhookOptions): Transport<Message> {
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
      }
      return post({ transport: 'webhook', url, headers, body, signal })
    },
    close: async () => undefined,
  }
}
