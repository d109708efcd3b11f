import type { PhoneNumber } from '../core/phone.ts'

/** A rendered text message. */
export interface SmsMessage {
  /** The same on every attempt to send the message. */
  readonly id: string
  readonly to: PhoneNumber
  readonly text: string
}
