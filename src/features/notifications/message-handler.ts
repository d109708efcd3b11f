import { setTimeout as sleep } from 'node:timers/promises'
import type { SealingKeys } from '../../core/sealed.ts'
import type { Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Mailer } from '../../ports/mailer.ts'
import type { HandOver } from '../../ports/message-transport.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Outbox, ClaimedMessage } from '../../ports/outbox.ts'
import type { SmsSender } from '../../ports/sms.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { MessageRenderer } from './message-renderer.ts'
import type { Notification, Recipient } from './notification.ts'
import { unsealNotification, type AddressedNotification } from './sealed-notification.ts'

/** What handling a message needs. */
export interface MessageHandlerDependencies {
  readonly messages: Outbox
  readonly mailer: Mailer
  readonly sms: SmsSender
  readonly words: MessageRenderer
  readonly sealingKeys: SealingKeys
  readonly metrics: Metrics
  readonly audit: AuditService
  readonly random: Random
  readonly now: Clock
  readonly log: Log
  /** Times that a message is tried at most. */
  readonly maxAttempts: number
}

/** Pause after the first failure, in milliseconds; it doubles with each. */
const FIRST_PAUSE_MS = 2000
/** How often, and how long apart, the row of a message is removed that was handed over while SQL fails: until its lease ends. */
const REMOVALS = 50
const REMOVAL_PAUSE_MS = 1000

/** Why a message was given up. */
type DropReason = 'refused' | 'attempts' | 'expired'

/** Hands over one message that was taken up, and settles what becomes of its row. */
export class MessageHandler {
  readonly #deps: MessageHandlerDependencies

  constructor(deps: MessageHandlerDependencies) {
    this.#deps = deps
  }

  /** Milliseconds until it is due again; null when it is done with. Never rejects. */
  async handle(message: ClaimedMessage): Promise<number | null> {
    const { sealingKeys, now, log } = this.#deps
    const content = unsealNotification(sealingKeys, message.id, message.sealed)
    try {
      if (content && !content.recipient) return await this.#remove(message)
      if (now() >= message.expiresAt.getTime()) return await this.#drop(message, content, 'expired')
      if (!content) throw new Error('the message was sealed under another GATEWAY_SECRET')
      const handOver = await this.#send(message.id, content.recipient, content.notice)
      return await (handOver === 'sent' ? this.#remove(message) : this.#drop(message, content, 'refused'))
    } catch (err) {
      log.warn({ err, message: message.id, attempts: message.attempts }, 'a message was not handed over')
      return this.#retry(message, content).catch(() => null)
    }
  }

  async #send(id: string, recipient: Recipient | null, notice: Notification): Promise<HandOver> {
    const { mailer, sms, words } = this.#deps
    if (!recipient) throw new Error('a message needs a recipient')
    const { contact, languages } = recipient
    if (contact.channel === 'SMS')
      return sms.send({ id, to: contact.address, text: words.renderSms(notice, languages) })
    const { subject, text, html } = words.renderMail(notice, languages)
    return mailer.send({ id, to: contact.address, subject: oneLine(subject), text, html })
  }

  /** While SQL fails it is tried again: a row that stays is a message that is sent twice. */
  async #remove({ id }: ClaimedMessage): Promise<null> {
    const { messages, log } = this.#deps
    for (let removal = 1; ; removal += 1) {
      try {
        await messages.remove(id)
        return null
      } catch (err) {
        if (removal === REMOVALS) {
          log.error({ err, message: id }, 'a message that is done with could not be removed')
          return null
        }
        await sleep(REMOVAL_PAUSE_MS, undefined, { ref: false })
      }
    }
  }

  async #retry(message: ClaimedMessage, content: AddressedNotification | null): Promise<number | null> {
    const { messages, metrics, random, now, maxAttempts } = this.#deps
    const pause = pauseAfter(message.attempts, random)
    const dueAt = now() + pause
    if (message.attempts >= maxAttempts) return this.#drop(message, content, 'attempts')
    if (dueAt >= message.expiresAt.getTime()) return this.#drop(message, content, 'expired')
    metrics.count('gateway_messages_total', {
      channel: channelOf(content),
      transport: 'none',
      result: 'retried',
    })
    await messages.reschedule(message, new Date(dueAt))
    return pause
  }

  async #drop(
    message: ClaimedMessage,
    content: AddressedNotification | null,
    why: DropReason,
  ): Promise<null> {
    const { metrics, audit } = this.#deps
    metrics.count('gateway_messages_total', {
      channel: channelOf(content),
      transport: 'none',
      result: 'dropped',
    })
    const facts = { reason: `${content?.notice.kind ?? 'unknown'} ${why}`, count: message.attempts }
    audit.record('message_dropped', facts, null)
    return this.#remove(message)
  }
}

/** Doubles with each attempt, give or take a quarter, so that what failed together does not come back together. */
function pauseAfter(attempts: number, random: Random): number {
  const share = 0.75 + random.integer(1001) / 2000
  return Math.round(FIRST_PAUSE_MS * 2 ** (attempts - 1) * share)
}

function channelOf(content: AddressedNotification | null): 'EMAIL' | 'SMS' | 'unknown' {
  return content?.recipient?.contact.channel ?? 'unknown'
}

/** Whatever a name brought along: a line break in a subject would be a header of its own (RFC 5322 §2.2). */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
