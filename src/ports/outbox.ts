/** A message as it is taken over. */
export interface NewOutboxMessage {
  readonly id: string
  /** Recipient and notice, sealed. */
  readonly sealed: string
  readonly createdAt: Date
  /** After this it is worth nothing. */
  readonly expiresAt: Date
}

/** A message that was taken up. */
export interface ClaimedMessage {
  readonly id: string
  readonly sealed: string
  /** Times it was taken up, this one included. */
  readonly attempts: number
  readonly expiresAt: Date
}

/** Messages on their way. */
export interface Outbox {
  /** Takes a message over; it is due at once. */
  add(message: NewOutboxMessage): Promise<void>
  /**
   * Takes up what is due at `now`, at most so many, the longest due first. One statement counts the attempt and puts each off
   * to `leaseUntil`, so that nobody else takes it up meanwhile: of any number of callers on any number of nodes, one gets it. What is
   * taken up together comes oldest first.
   */
  claim(now: Date, leaseUntil: Date, limit: number): Promise<readonly ClaimedMessage[]>
  /** Ends a message: it was handed over, or is given up. */
  remove(id: string): Promise<void>
  /** Puts a message off, unless somebody took it up since. */
  reschedule({ id, attempts }: ClaimedMessage, dueAt: Date): Promise<void>
  /** How many there are. */
  count(): Promise<number>
}
