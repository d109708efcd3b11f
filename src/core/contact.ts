import { domainToASCII } from 'node:url'
import type { PhoneNumber } from './phone.ts'

declare const emailBrand: unique symbol

/** A canonical e-mail address: the identity of an account and the key of its limits. */
export type EmailAddress = string & { readonly [emailBrand]: true }

/** A canonical address and its channel. */
export type Contact =
  | { readonly channel: 'EMAIL'; readonly address: EmailAddress }
  | { readonly channel: 'SMS'; readonly address: PhoneNumber }

/** RFC 5321 §4.5.3.1: 254 bytes in all, 64 before the `@`. */
const MAX_ADDRESS = 254
const MAX_LOCAL = 64
/**
 * Dot-atom of RFC 5322 §3.2.3. Quoted local parts, address literals and non-ASCII local parts are rejected.
 */
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/

/**
 * The canonical form of an address, or null if it is not an address.
 *
 * One rule, applied before any lookup: surrounding white space is removed; the local part is ASCII and its
 * letters are lower-cased (mailboxes that differ only in case are one account); the domain is lower-cased and
 * IDNs become punycode. Because the local part is ASCII, confusables such as dotless ı or the Kelvin sign
 * never fold onto another address. Written by hand because validation libraries check addresses, but do not
 * bring them to one form.
 */
export function parseEmail(input: string): EmailAddress | null {
  if (input.length > MAX_ADDRESS * 2) return null
  const trimmed = input.trim()
  const at = trimmed.lastIndexOf('@')
  if (at < 1 || at > MAX_LOCAL) return null
  const local = lowerAscii(trimmed.slice(0, at))
  const domain = domainToASCII(trimmed.slice(at + 1).normalize('NFC'))
  if (!LOCAL_PART.test(local) || !DOMAIN.test(domain) || local.length + 1 + domain.length > MAX_ADDRESS)
    return null
  return `${local}@${domain}` as EmailAddress
}

/** `u***@example.com`: its owner can recognise it, others cannot reconstruct it. */
export function maskEmail(email: EmailAddress): string {
  return `${email.slice(0, 1)}***${email.slice(email.lastIndexOf('@'))}`
}

/** Hides the host part of an address: the last byte of IPv4, all but the first 48 bits of IPv6. */
export function maskIpAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  const bytes = mapped.split('.')
  if (bytes.length === 4) return [...bytes.slice(0, 3), 'x'].join('.')
  const groups = mapped.split('::')[0]?.split(':').slice(0, 3).filter(Boolean) ?? []
  return `${groups.join(':')}::x`
}

/** A–Z only: `toLowerCase` folds some non-ASCII letters onto ASCII ones. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
