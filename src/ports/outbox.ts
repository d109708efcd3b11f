/** A message to be added to the outbox. */
export interface NewOutboxMessage {
  readonly id: string
  /** Recipient and notification, sealed. */
  readonly sealed: string
  readonly createdAt: Date
  /** The message is dropped unsent after this time. */
  readonly expiresAt: Date
}

/** A message that a node has claimed for delivery. */
export interface ClaimedMessage {
  readonly id: string
  readonly sealed: string
  /** Number of claims, this one included. */
  readonly attempts: number
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** The messages that wait for delivery. */
export interface OutboxBacklog {
  readonly messages: number
  /** When the oldest one was added; null without a message. */
  readonly oldestAt: Date | null
}

/** Messages that wait for delivery. */
export interface Outbox {
  /** Adds a message, which is due at once. */
  add(message: NewOutboxMessage): Promise<void>
  /**
   * Claims at most `limit` messages that are due at `now`, the longest due first, and returns them oldest
   * first. One statement counts the attempt and reschedules each message to `leaseUntil`, so that no other
   * node claims it until then: of concurrent callers on any number of nodes, exactly one gets a message.
   */
  claim(now: Date, leaseUntil: Date, limit: number): Promise<readonly ClaimedMessage[]>
  /** Removes a message that was delivered or dropped. */
  remove(id: string): Promise<void>
  /** Sets the time at which a message is due again, unless another node has claimed it since. */
  reschedule({ id, attempts }: ClaimedMessage, dueAt: Date): Promise<void>
  /** The number of messages, and the oldest one. */
  readBacklog(): Promise<OutboxBacklog>
}
