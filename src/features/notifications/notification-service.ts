import type { SealingKeys } from '../../core/sealed.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Outbox } from '../../ports/outbox.ts'
import type { DeliveryService } from './delivery-service.ts'
import type { Notification, Recipient } from './notification.ts'
import { sealNotification } from './sealed-notification.ts'

/** What the notifications need. */
export interface NotificationDependencies {
  readonly messages: Outbox
  readonly delivery: DeliveryService
  readonly sealingKeys: SealingKeys
  readonly random: Random
  readonly now: Clock
}

const MINUTE = 60_000
/** Life of a notice that is worth as much later. */
const DAY = 24 * 60 * MINUTE

/** Takes messages over. How and when they travel is the delivery's business, what they say the words'. */
export class NotificationService {
  readonly #deps: NotificationDependencies

  constructor(deps: NotificationDependencies) {
    this.#deps = deps
  }

  /**
   * Takes a message over, in one row of SQL, and returns: whether, when and how it is delivered shows in no answer and in no
   * answer's time (security statement 34). No recipient costs the same, a row that is dropped unsent. Throws
   * `SERVICE_UNAVAILABLE`.
   */
  async send(recipient: Recipient | null, notice: Notification): Promise<void> {
    const { messages, delivery, sealingKeys, random, now } = this.#deps
    const id = newId(random)
    const at = now()
    await messages.add({
      id,
      sealed: sealNotification(sealingKeys, id, { recipient, notice }, random),
      createdAt: new Date(at),
      expiresAt: new Date(at + lifeOf(notice)),
    })
    delivery.scheduleSoon()
  }

  /** Hands over what this process has begun to, and what is due; what takes longer than a few seconds stays for the next. */
  drain(): Promise<void> {
    return this.#deps.delivery.drain()
  }
}

/** Milliseconds. A message is worth nothing once its code is. */
function lifeOf(notice: Notification): number {
  return notice.kind === 'code' ? notice.minutes * MINUTE : DAY
}
