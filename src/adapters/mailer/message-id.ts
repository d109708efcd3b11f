import type { MailFrom } from '../../ports/mailer.ts'

/** The `Message-ID` (RFC 5322 §3.6.4) of a message: the same each time that it is sent. */
export function buildMessageId(id: string, { address }: MailFrom): string {
  return `<${id}${address.slice(address.lastIndexOf('@'))}>`
}
