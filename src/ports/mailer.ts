import type { EmailAddress } from '../core/email-address.ts'

/** A picture that an e-mail carries, for `<img src="cid:…">` in its HTML (RFC 2392). */
export interface MailImage {
  /** The id after `cid:`. */
  readonly cid: string
  readonly type: 'image/png'
  readonly base64: string
}

/** A rendered e-mail. */
export interface MailMessage {
  /** The same on every attempt to send the message. */
  readonly id: string
  readonly to: EmailAddress
  /** One line. */
  readonly subject: string
  /** Plain text. */
  readonly text: string
  /** The same content as a complete HTML document that loads no external resource. */
  readonly html: string
  /** Pictures in the HTML; absent: none. */
  readonly images?: readonly MailImage[]
}

/** The sender of e-mail; the name may be empty. */
export interface MailFrom {
  readonly name: string
  readonly address: EmailAddress
}
