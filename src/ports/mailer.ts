import type { EmailAddress } from '../core/email-address.ts'
import type { Carrier } from './message-transport.ts'

/** A message that is ready to go. */
export interface MailMessage {
  /** Stays the same however often the message is sent. */
  readonly id: string
  readonly to: EmailAddress
  /** One line. */
  readonly subject: string
  /** Plain text. */
  readonly text: string
  /** The same as a whole HTML document that loads nothing. */
  readonly html: string
}

/** Carries e-mail. What to say is decided above, in `features/notices`. */
export type Mailer = Carrier<MailMessage>

/** Who e-mail is from; the name may be empty. */
export interface MailFrom {
  readonly name: string
  readonly address: EmailAddress
}
