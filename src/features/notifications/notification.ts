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

/** The request that a notification is about. */
export interface NotificationOrigin {
  /** ISO 8601 in UTC. */
  readonly at: string
  /** Masked address; null if unknown. */
  readonly network: string | null
  /** Such as "Firefox on Linux"; null if unknown. */
  readonly device: string | null
}

/** A notification that carries a one-time code. */
export interface CodeNotification {
  readonly kind: 'code'
  readonly purpose: OtpPurpose
  readonly code: string
  /** Minutes until the code expires; 0: less than one. */
  readonly minutes: number
  /** URL of a page that does the same as the code; null: no link. */
  readonly link: string | null
  /** Minutes until the link expires; absent: as `minutes`. */
  readonly linkMinutes?: number
  /** When code and link expire, in milliseconds since the Unix epoch. Earlier versions stored neither. */
  readonly expiresAt?: number
  readonly linkExpiresAt?: number
}

/** What happened, in a notification that carries no code. */
type PlainContent =
  | { readonly kind: 'address-taken' }
  | { readonly kind: 'refresh-reused' }
  | { readonly kind: 'password-changed' }
  | { readonly kind: 'password-dropped' }
  | { readonly kind: 'password-reset-contact-removed'; /** Masked. */ readonly contact: string }
  | { readonly kind: 'phone-changed'; /** Masked. */ readonly phone: string }
  | { readonly kind: 'phone-removed'; /** Masked. */ readonly phone: string }
  | { readonly kind: 'totp-enabled' }
  | { readonly kind: 'totp-disabled' }
  | { readonly kind: 'recovery-codes-replaced' }
  | { readonly kind: 'recovery-code-used'; /** Unused ones. */ readonly left: number }
  | { readonly kind: 'change-undone' }
  | { readonly kind: 'second-factor-reset' }
  | { readonly kind: 'api-key-created'; /** Public id of the key. */ readonly apiKey: string }

/**
 * A notification that carries no code. Stored ones of earlier versions have neither an origin nor an undo
 * link.
 */
export type PlainNotification = PlainContent & {
  /** The request; undefined for what no request has caused. */
  readonly origin?: NotificationOrigin
  /** The link that undoes the change, and the hours in which it can be used. */
  readonly undo?: { readonly link: string; readonly hours: number }
}

/** The content of a message. */
export type Notification = CodeNotification | PlainNotification

/**
 * The owner of an account as a recipient: the first verified contact in the order of `CHANNELS`, in the
 * language of the account. Null for an account without a verified contact.
 */
export function toRecipient(account: AccountContacts & { readonly locale: string | null }): Recipient | null {
  const contacts = CHANNEL_NAMES.map((channel) => findVerifiedContact(account, channel))
  const contact = contacts.find((verified) => verified !== null)
  return contact ? { contact, languages: [account.locale] } : null
}
