import {
  CHANNEL_NAMES,
  findVerifiedContact,
  type AccountContacts,
  type Contact,
  type OtpPurpose,
} from '../../core/channel.ts'

/** The recipient of a message. */
export interface Recipient {
  readonly contact: Contact
  /** Preferred languages, best first: BCP 47 tags or an `Accept-Language` header; nulls are ignored. */
  readonly languages: readonly (string | null)[]
}

/** The content of a message. */
export type Notification =
  | {
      readonly kind: 'code'
      readonly purpose: OtpPurpose
      readonly code: string
      readonly minutes: number
      /** URL of a page that does the same as the code; null: no link. */
      readonly link: string | null
    }
  | { readonly kind: 'address-taken' }
  | { readonly kind: 'refresh-reused' }
  | { readonly kind: 'password-changed' }
  | { readonly kind: 'phone-changed'; /** Masked. */ readonly phone: string }
  | { readonly kind: 'totp-enabled' }
  | { readonly kind: 'totp-disabled' }
  | { readonly kind: 'recovery-codes-replaced' }
  | { readonly kind: 'recovery-code-used'; /** Unused ones. */ readonly left: number }

/** A notification that carries a one-time code. */
export type CodeNotification = Extract<Notification, { kind: 'code' }>
/** A notification that carries no code. */
export type PlainNotification = Exclude<Notification, CodeNotification>

/**
 * The owner of an account as a recipient: the first verified contact in the order of `CHANNELS`, in the
 * language of the account. Null for an account without a verified contact.
 */
export function toRecipient(account: AccountContacts & { readonly locale: string | null }): Recipient | null {
  const contacts = CHANNEL_NAMES.map((channel) => findVerifiedContact(account, channel))
  const contact = contacts.find((verified) => verified !== null)
  return contact ? { contact, languages: [account.locale] } : null
}
