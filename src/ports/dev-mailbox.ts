import type { Channel } from '../core/channel.ts'

/** A message in the development mailbox. */
export interface DevMailboxMessage {
  /** The same on every attempt to send the message. */
  readonly id: string
  readonly at: Date
  readonly channel: Channel
  /** E-mail address or phone number. */
  readonly to: string
  /** Null for a message without a subject, such as a text message. */
  readonly subject: string | null
  readonly text: string
  /** Null for a message that has only plain text. */
  readonly html: string | null
}

/** Reads the messages that the development mailbox has written. */
export interface DevMailbox {
  /** The latest messages, newest first, at most `count`. */
  latest(count: number): Promise<readonly DevMailboxMessage[]>
}
