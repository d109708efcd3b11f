import { DAY_MS, MINUTE_MS } from '../../core/duration.ts'
import type { SealingKeys } from '../../core/sealed.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Outbox } from '../../ports/outbox.ts'
import type { Tracing } from '../../ports/tracing.ts'
import type { DeliveryService } from './delivery-service.ts'
import type { Notification, Recipient } from './notification.ts'
import { sealNotification } from './sealed-notification.ts'

/** Dependencies of the notifications. */
export interface NotificationDependencies {
  readonly outbox: Outbox
  readonly delivery: DeliveryService
  readonly sealingKeys: SealingKeys
  readonly random: Random
  readonly now: Clock
  readonly tracing: Tracing
}

/** Adds notifications to the outbox. `DeliveryService` delivers them; `MessageRenderer` renders them. */
export class NotificationService {
  readonly #deps: NotificationDependencies

  constructor(deps: NotificationDependencies) {
    this.#deps = deps
  }

  /**
   * Adds the notification to the outbox as one row and returns, so that the response neither shows whether it
   * was delivered nor depends on the time of delivery (SR-034). Without a recipient the work
   * is the same, and the row is removed unsent. Throws `SERVICE_UNAVAILABLE`.
   */
  async send(recipient: Recipient | null, notification: Notification): Promise<void> {
    const { outbox, delivery, sealingKeys, random, now, tracing } = this.#deps
    const id = newId(random)
    const at = now()
    const addressed = { recipient, notification, trace: tracing.headers() }
    await outbox.add({
      id,
      sealed: sealNotification(sealingKeys, id, addressed, random),
      createdAt: new Date(at),
      expiresAt: new Date(toExpiry(notification, at)),
    })
    delivery.scheduleSoon()
  }

  /**
   * Delivers the messages in delivery and those that are due, for a few seconds at most; other nodes deliver
   * the rest.
   */
  drain(): Promise<void> {
    return this.#deps.delivery.drain()
  }
}

/** A message with a code expires with the code or its link, the later of the two; any other after a day. */
function toExpiry(notification: Notification, at: number): number {
  if (notification.kind !== 'code') return at + DAY_MS
  const { minutes, link, expiresAt = at + minutes * MINUTE_MS, linkExpiresAt = expiresAt } = notification
  return link === null ? expiresAt : Math.max(expiresAt, linkExpiresAt)
}
