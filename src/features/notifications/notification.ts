import type { Contact } from '../../core/contact.ts'
import type { User } from '../../ports/users.ts'

/** Whom a message goes to. */
export interface Recipient {
  readonly contact: Contact
  /** Languages that the message may be in, best first: BCP 47 tags or an `Accept-Language` header; nulls are passed over. */
  readonly languages: readonly (string | null)[]
}

/** Something to tell a person. */
export type Notification =
  | {
      readonly kind: 'code'
      readonly purpose: 'LOGIN' | 'VERIFY_EMAIL' | 'VERIFY_PHONE' | 'RESET_PASSWORD'
      readonly code: string
      readonly minutes: number
      /** Address of a page that does the same as the code; null where there is none. */
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

/** The way to an account's owner that was proven, e-mail before phone; null where there is none. In the language that the account asked for. */
export function toRecipient(user: User): Recipient | null {
  const languages = [user.locale]
  if (user.email && user.emailVerifiedAt)
    return { contact: { channel: 'EMAIL', address: user.email }, languages }
  if (user.phone && user.phoneVerifiedAt)
    return { contact: { channel: 'SMS', address: user.phone }, languages }
  return null
}
