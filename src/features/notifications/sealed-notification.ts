import { seal, unsealByAny, type SealingKeys } from '../../core/sealed.ts'
import type { Random } from '../../core/secrets.ts'
import type { TraceHeaders } from '../../ports/tracing.ts'
import type { Notification, Recipient } from './notification.ts'

/** A notification with its recipient. Without a recipient it is removed unsent. */
export interface AddressedNotification {
  readonly recipient: Recipient | null
  readonly notification: Notification
  /** The trace of the request that sent the notification; null: none is recorded. */
  readonly trace: TraceHeaders | null
}

/** The stored form. Nodes of earlier versions read it too, so its property names must not change. */
interface StoredNotification {
  readonly recipient: Recipient | null
  readonly notice: Notification
  readonly trace?: TraceHeaders
}

/**
 * Seals a notification, which may hold a valid code, for the database. It can be opened for this message id
 * only.
 */
export function sealNotification(
  keys: SealingKeys,
  id: string,
  { recipient, notification, trace }: AddressedNotification,
  random: Random,
): string {
  const stored: StoredNotification = { recipient, notice: notification, ...(trace && { trace }) }
  return seal(keys[0], JSON.stringify(stored), toSealingContext(id), random)
}

/** Opens a sealed notification; null when none of the keys opens it. */
export function unsealNotification(
  keys: SealingKeys,
  id: string,
  sealed: string,
): AddressedNotification | null {
  const opened = unsealByAny(keys, sealed, toSealingContext(id))
  if (!opened) return null
  const { recipient, notice, trace = null } = JSON.parse(opened.text) as StoredNotification
  return { recipient, notification: notice, trace }
}

function toSealingContext(id: string): string {
  return `outgoing-message/${id}`
}
