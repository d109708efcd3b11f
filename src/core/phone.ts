import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'

declare const phoneBrand: unique symbol

/**
 * A phone number in E.164 (`+` and at most 15 digits): the identity of an account and the key of its limits.
 */
export type PhoneNumber = string & { readonly [phoneBrand]: true }

/** Longest input that is parsed, in UTF-16 units. */
const MAX_INPUT_LENGTH = 40
/**
 * Digits of any script with the usual separators. Checked first, because the library finds a number in a
 * longer text: `+44 7400 123456;isub=1` and `+44 7400 123456@example` would be repaired.
 */
const SPELLING = /^[+＋]?[\p{Zs}(（]*\p{Nd}(?:[\p{Nd}\p{Zs}\p{Pd}()（）./．／]*\p{Nd})?$/u

/**
 * The E.164 form of a number with its country code, or null if it is not one. `+44 7400 123456`, `0044 7400
 * 123456`, `+44 (0) 7400 123456` and digits of other scripts are one number. Numbers without a country code
 * are rejected as ambiguous.
 */
export function parsePhone(input: string): PhoneNumber | null {
  if (input.length > MAX_INPUT_LENGTH) return null
  const spelling = input.trim()
  if (!SPELLING.test(spelling)) return null
  const international = spelling.normalize('NFKC').replace(/^00(?=\s?[1-9\p{Nd}])/u, '+')
  if (!international.startsWith('+')) return null
  const parsed = parsePhoneNumberFromString(international)
  return parsed?.isValid() && !parsed.ext ? (parsed.number as PhoneNumber) : null
}

/**
 * Line types that codes are sent to. Premium, shared-cost, pager and satellite numbers invite SMS pumping
 * fraud.
 */
const TEXTABLE_TYPES: ReadonlySet<string | undefined> = new Set(['MOBILE', 'FIXED_LINE_OR_MOBILE'])

/**
 * ISO 3166-1 alpha-2 country of a textable number; null for other line types and numbers without a country.
 */
export function findTextableCountry(phone: PhoneNumber): string | null {
  const parsed = parsePhoneNumberFromString(phone)
  return parsed && TEXTABLE_TYPES.has(parsed.getType()) ? (parsed.country ?? null) : null
}

/** Whether a text is an ISO 3166-1 alpha-2 country that has phone numbers. */
export function isCountry(text: string): boolean {
  return isSupportedCountry(text)
}

/** `+44•••••••456`: its owner can recognise it, others cannot reconstruct it. */
export function maskPhone(phone: PhoneNumber): string {
  return `${phone.slice(0, 3)}${'•'.repeat(Math.max(0, phone.length - 6))}${phone.slice(-3)}`
}
