import { setTimeout as sleep } from 'node:timers/promises'
import { CHANNEL_NAMES, type Channel } from '../../core/channel.ts'
import type { SealingKeys } from '../../core/sealed.ts'
import type { Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { MessageSenders } from '../../ports/message-senders.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { ClaimedMessage, Outbox } from '../../ports/outbox.ts'
import type { SpanFacts, Tracing } from '../../ports/tracing.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { sendByChannel } from './channel-messages.ts'
import type { MessageRenderer } from './message-renderer.ts'
import { refreshMinutes } from './minutes-left.ts'
import { computeRetryDelay } from './retry-delay.ts'
import { unsealNotification, type AddressedNotification } from './sealed-notification.ts'

/** Dependencies of the message handler. */
export interface MessageHandlerDependencies {
  readonly outbox: Outbox
  readonly senders: MessageSenders
  readonly renderer: MessageRenderer
  readonly sealingKeys: SealingKeys
  readonly metrics: Metrics
  readonly audit: AuditService
  readonly random: Random
  readonly now: Clock
  readonly log: Logger
  readonly tracing: Tracing
  /** Maximum number of attempts for one message. */
  readonly maxAttempts: number
}

/** Attempts to remove a delivered message, and the delay between them: until its lease ends. */
const REMOVE_ATTEMPTS = 50
const REMOVE_DELAY_MS = 1000

/** The span of one attempt, in the trace of the request that sent the message. */
const DELIVERY: SpanFacts = { name: 'deliver message', kind: 'consumer', attributes: {} }

/** Why a message was dropped. */
type DropReason = 'refused' | 'attempts' | 'expired'

/** Delivers one claimed message, then removes it, reschedules it or drops it. */
export class MessageHandler {
  readonly #deps: MessageHandlerDependencies

  constructor(deps: MessageHandlerDependencies) {
    this.#deps = deps
    for (const channel of CHANNEL_NAMES)
      for (const result of ['retried', 'dropped'] as const)
        deps.metrics.count('gateway_messages_total', { channel, transport: 'none', result }, 0)
  }

  /** Returns the milliseconds until the message is due again, or null when it was removed. Never rejects. */
  async handle(message: ClaimedMessage): Promise<number | null> {
    const { sealingKeys, tracing } = this.#deps
    const content = unsealNotification(sealingKeys, message.id, message.sealed)
    return tracing.resume(DELIVERY, content?.trace ?? null, () => this.#attempt(message, content))
  }

  async #attempt(message: ClaimedMessage, content: AddressedNotification | null): Promise<number | null> {
    const { log, tracing } = this.#deps
    try {
      return await this.#deliver(message, content)
    } catch (err) {
      const facts = { event: 'delivery.failed', err, message: message.id, attempts: message.attempts }
      log.warn(facts, 'message delivery failed')
      tracing.describe({ failure: 'delivery_failed' })
      return this.#retry(message, content).catch(() => null)
    }
  }

  async #deliver(message: ClaimedMessage, content: AddressedNotification | null): Promise<null> {
    const { senders, renderer, now } = this.#deps
    if (content && !content.recipient) return this.#remove(message)
    if (now() >= message.expiresAt.getTime()) return this.#drop(message, content, 'expired')
    if (!content?.recipient) throw new Error('the message was sealed under another GATEWAY_SECRET')
    const { recipient, notification } = content
    const { contact, languages } = recipient
    const refreshed = refreshMinutes(notification, now(), message.expiresAt.getTime())
    const rendering = { id: message.id, notification: refreshed, languages }
    const result = await sendByChannel(senders, renderer, contact, rendering)
    return result === 'sent' ? this.#remove(message) : this.#drop(message, content, 'refused')
  }

  /** Retries while the database fails: a message that is not removed is sent again. */
  async #remove({ id }: ClaimedMessage): Promise<null> {
    const { outbox, log } = this.#deps
    for (let attempt = 1; ; attempt += 1) {
      try {
        await outbox.remove(id)
        return null
      } catch (err) {
        if (attempt === REMOVE_ATTEMPTS) {
          const facts = { event: 'delivery.remove_failed', err, message: id }
          log.error(facts, 'could not remove a delivered message')
          return null
        }
        await sleep(REMOVE_DELAY_MS, undefined, { ref: false })
      }
    }
  }

  async #retry(message: ClaimedMessage, content: AddressedNotification | null): Promise<number | null> {
    const { outbox, random, now, maxAttempts } = this.#deps
    if (message.attempts >= maxAttempts) return this.#drop(message, content, 'attempts')
    const delay = computeRetryDelay(message, maxAttempts - message.attempts, now(), random)
    if (delay === null) return this.#drop(message, content, 'expired')
    this.#count(content, 'retried')
    await outbox.reschedule(message, new Date(now() + delay))
    return delay
  }

  async #drop(
    message: ClaimedMessage,
    content: AddressedNotification | null,
    why: DropReason,
  ): Promise<null> {
    this.#count(content, 'dropped')
    const kind = content?.notification.kind ?? 'unknown'
    this.#deps.audit.record('message_dropped', { reason: `${kind} ${why}`, count: message.attempts }, null)
    return this.#remove(message)
  }

  #count(content: AddressedNotification | null, result: 'retried' | 'dropped'): void {
    const channel: Channel | 'unknown' = content?.recipient?.contact.channel ?? 'unknown'
    this.#deps.metrics.count('gateway_messages_total', { channel, transport: 'none', result })
  }
}
