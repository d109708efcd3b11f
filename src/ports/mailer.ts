/** A message that is ready to go. */
export interface MailMessage {
  /** One address in canonical form. */
  readonly to: string
  readonly subject: string
  /** Plain text. */
  readonly text: string
  /** The same as a whole HTML document that loads nothing. */
  readonly html: string
}

/** Carries e-mail. What to say is decided above, in `features/notices`. */
export interface Mailer {
  /** Resolves when the message has been handed over. */
  send(message: MailMessage): Promise<void>
  /** Lets go of connections; calling it twice is fine. */
  close(): Promise<void>
}
