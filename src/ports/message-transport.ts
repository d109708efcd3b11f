/**
 * The final response of a provider: it accepted the message, or it will never accept it, such as for an
 * unknown mailbox.
 */
export type DeliveryResult = 'sent' | 'refused'

/** Sends messages through one provider. */
export interface MessageTransport<Message> {
  /** The kind of the transport, as metrics and the log name it. */
  readonly name: string
  /**
   * Rejects when the message may be sent by another transport, or by this one later, and as soon as the
   * signal aborts. The error never quotes the message. A message that is sent twice has the same id both
   * times; the transport passes the id on where the protocol has a field for it.
   */
  send(message: Message, signal: AbortSignal): Promise<DeliveryResult>
  /** Closes the connections; calling it twice is allowed. */
  close(): Promise<void>
}
