import { MINUTE_MS } from '../../core/duration.ts'
import type { Notification } from './notification.ts'

/** The time that a delivery takes, in milliseconds, so that five minutes are not reported as four. */
const TOLERANCE_MS = 10_000

/**
 * The notification with the minutes that its code and its link are valid for at the time of delivery.
 * `messageExpiresAt`: when the message expires, which in earlier versions was when the code expires.
 */
export function refreshMinutes(
  notification: Notification,
  at: number,
  messageExpiresAt: number,
): Notification {
  if (notification.kind !== 'code') return notification
  const { expiresAt = messageExpiresAt, linkExpiresAt = expiresAt } = notification
  const [minutes, linkMinutes] = [expiresAt, linkExpiresAt].map((end) => countMinutes(end - at))
  return { ...notification, minutes: minutes ?? 0, linkMinutes: linkMinutes ?? 0 }
}

function countMinutes(ms: number): number {
  return Math.max(0, Math.floor((ms + TOLERANCE_MS) / MINUTE_MS))
}
