/** What became of a message that a provider answered for: it took it over, or it will never take it (no such mailbox, say). */
export type HandOver = 'sent' | 'refused'

/** Every kind of transport. */
export const TRANSPORT_NAMES = ['smtp', 'sendgrid', 'mailgun', 'twilio', 'webhook', 'outbox'] as const
/** The name of one. */
export type TransportName = (typeof TRANSPORT_NAMES)[number]

/** One way for messages to leave the house. */
export interface MessageTransport<Message> {
  /** Which kind it is, as in metrics and log. */
  readonly name: TransportName
  /**
   * Rejects when the message may go by another way, or by this one later, and as soon as the signal aborts. What it rejects
   * with quotes nothing of the message. A message that is sent twice has the same id both times, which goes along wherever
   * the protocol has a place for it.
   */
  send(message: Message, signal: AbortSignal): Promise<HandOver>
  /** Lets go of connections; calling it twice is fine. */
  close(): Promise<void>
}

/** Carries messages by whichever transport takes them. */
export interface Carrier<Message> {
  /** Within half a minute. Rejects when no transport took the message over and none refused it for good. */
  send(message: Message): Promise<HandOver>
  /** Lets go of connections; calling it twice is fine. */
  close(): Promise<void>
}
