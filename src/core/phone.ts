import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'

declare const phoneBrand: unique symbol

/** A phone number in E.164 (`+` and at most 15 digits): the identity of an account and the key of its limits. */
export type PhoneNumber = string & { readonly [phoneBrand]: true }

/** Longer than any spelling of a number that people use. */
const MAX_SPELLING = 40
/**
 * Digits of any script with the usual separators. Checked first, because the library finds a number in a longer
 * text: `+44 7400 123456;isub=1` and `+44 7400 123456@example` would be repaired.
 */
const SPELLING = /^[+＋]?[\p{Zs}(（]*\p{Nd}(?:[\p{Nd}\p{Zs}\p{Pd}()（）./．／]*\p{Nd})?$/u

/**
 * The E.164 form of a number with its country code, or null when it is none. `+44 7400 123456`, `0044 7400 123456`,
 * `+44 (0) 7400 123456` and digits of other scripts are one number. Numbers without a country code are refused: whose
 * they are would be a guess.
 */
export function parsePhone(input: string): PhoneNumber | null {
  if (input.length > MAX_SPELLING) return null
  const spelling = input.trim()
  if (!SPELLING.test(spelling)) return null
  const international = spelling.normalize('NFKC').replace(/^00(?=\s?[1-9\p{Nd}])/u, '+')
  if (!international.startsWith('+')) return null
  const parsed = parsePhoneNumberFromString(international)
  return parsed?.isValid() && !parsed.ext ? (parsed.number as PhoneNumber) : null
}

/** Kinds of line that a code may be sent to. Premium, shared-cost, toll-free, pager and satellite numbers earn money for who has codes sent there. */
const TEXTABLE: ReadonlySet<string | undefined> = new Set(['MOBILE', 'FIXED_LINE_OR_MOBILE'])

/** Country of a number that a person's phone may have, ISO 3166-1 alpha-2; null for any other line and for numbers of no country, satellites among them. */
export function findTextableCountry(phone: PhoneNumber): string | null {
  const parsed = parsePhoneNumberFromString(phone)
  return parsed && TEXTABLE.has(parsed.getType()) ? (parsed.country ?? null) : null
}

/** Whether a text is a country that has phone numbers, ISO 3166-1 alpha-2. */
export function isCountry(text: string): boolean {
  return isSupportedCountry(text)
}

/** `+44•••••••456`: enough for its owner to recognise, too little for anyone else. */
export function maskPhone(phone: PhoneNumber): string {
  return `${phone.slice(0, 3)}${'•'.repeat(Math.max(0, phone.length - 6))}${phone.slice(-3)}`
}
