import type { MailFrom } from '../../ports/mailer.ts'

/** The `Message-ID` (RFC 5322 §3.6.4) of a message. It stays the same when the message is sent again. */
export function buildMessageId(id: string, { address }: MailFrom): string {
  return `<${id}${address.slice(address.lastIndexOf('@'))}>`
}
