import type { Channel } from '../core/channel.ts'
import type { MailMessage } from './mailer.ts'
import type { DeliveryResult } from './message-transport.ts'
import type { SmsMessage } from './sms.ts'

/** The type of the messages of each channel. */
export interface ChannelMessages {
  readonly EMAIL: MailMessage
  readonly SMS: SmsMessage
}

/** Sends the messages of one channel by the first transport that accepts them. */
export interface MessageSender<Message> {
  /**
   * Returns within half a minute. Rejects when no transport accepted the message and none refused it for
   * good.
   */
  send(message: Message): Promise<DeliveryResult>
  /** Closes the connections; calling it twice is allowed. */
  close(): Promise<void>
}

/** The sender of each channel. */
export type MessageSenders = { readonly [Kind in Channel]: MessageSender<ChannelMessages[Kind]> }
