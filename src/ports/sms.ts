import type { PhoneNumber } from '../core/phone.ts'
import type { Carrier } from './message-transport.ts'

/** A text message that is ready to go. */
export interface SmsMessage {
  /** Stays the same however often the message is sent. */
  readonly id: string
  readonly to: PhoneNumber
  readonly text: string
}

/** Carries text messages. What to say is decided above, in `features/notices`. */
export type SmsSender = Carrier<SmsMessage>
