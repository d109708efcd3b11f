import type { ClientFacts } from '../../core/caller.ts'
import { maskIpAddress } from '../../core/contact.ts'
import type { NotificationOrigin } from '../notifications/notification.ts'
import { describeDevice } from './device.ts'

/** When, from which network and on which device a request was made, as a notification shows it. */
export function describeOrigin({ ipAddress, userAgent }: ClientFacts, at: number): NotificationOrigin {
  return {
    at: new Date(at).toISOString(),
    network: ipAddress === null ? null : maskIpAddress(ipAddress),
    device: describeDevice(userAgent),
  }
}
