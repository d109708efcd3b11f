import { seal, unsealByAny, type SealingKeys } from '../../core/sealed.ts'
import type { Random } from '../../core/secrets.ts'
import type { Notification, Recipient } from './notification.ts'

/** What is inside a message on its way. No recipient: it is dropped unsent. */
export interface AddressedNotification {
  readonly recipient: Recipient | null
  readonly notice: Notification
}

/** A notice as it lies in SQL: it may hold a live code. It opens as this message only. */
export function sealNotification(
  keys: SealingKeys,
  id: string,
  content: AddressedNotification,
  random: Random,
): string {
  return seal(keys[0], JSON.stringify(content), placeOf(id), random)
}

/** What was sealed; null when it was sealed under a secret that is not accepted here. */
export function unsealNotification(
  keys: SealingKeys,
  id: string,
  sealed: string,
): AddressedNotification | null {
  const opened = unsealByAny(keys, sealed, placeOf(id))
  return opened && (JSON.parse(opened.text) as AddressedNotification)
}

function placeOf(id: string): string {
  return `outgoing-message/${id}`
}
