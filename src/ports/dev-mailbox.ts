/** A message as the development mailbox keeps it. */
export interface DevMailboxMessage {
  readonly at: Date
  readonly channel: 'EMAIL' | 'SMS'
  /** E-mail address or phone number. */
  readonly to: string
  /** Null where there is none, as in a text message. */
  readonly subject: string | null
  readonly text: string
  /** Null where there is only text. */
  readonly html: string | null
}

/** Reads what the development mailbox has written. */
export interface DevMailbox {
  /** The latest messages, newest first, at most `count`; none where nothing was written yet. */
  latest(count: number): Promise<readonly DevMailboxMessage[]>
}
