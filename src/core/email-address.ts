import { toASCII, toUnicode } from 'tr46'

declare const emailBrand: unique symbol

/** A canonical e-mail address: the identity of an account and the key of its limits. */
export type EmailAddress = string & { readonly [emailBrand]: true }

/** RFC 5321 §4.5.3.1: 254 bytes in all, 64 before the `@`. */
const MAX_ADDRESS = 254
const MAX_LOCAL = 64
/** White space that HTML's `<input type=email>` trims too. Other white space is refused. */
const SURROUNDING_SPACE = /^[\t\n\f\r ]+|[\t\n\f\r ]+$/g
/** Dot-atom of RFC 5322 §3.2.3, in ASCII. Quoted local parts and comments are refused. */
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
/**
 * Characters of a domain, before any mapping: letters, digits, hyphens and dots of ASCII, and graphic
 * characters outside ASCII. Not allowed are white space, control and format characters (joiners and bidi
 * controls are such), the other dots (U+3002, U+FF0E, U+FF61), and U+0130 and U+212A, whose lower case has an
 * ASCII letter.
 */
const DOMAIN = /^(?:[A-Za-z0-9.-]|[^\p{ASCII}\p{C}\p{Z}\u3002\uff0e\uff61\u0130\u212a])+$/u
/** A top-level domain has a letter first, so that no IPv4 address is a domain. */
const TOP_LEVEL = /\.[a-z][a-z0-9-]*[a-z0-9]$/
/**
 * UTS #46 with every check. The tables of `tr46` are those of Unicode 16, the oldest version that a supported
 * Node.js has, so every supported Node.js normalises the characters in them alike. Tables of a later Unicode
 * would admit characters that Node.js 20.19 cannot normalise.
 */
const IDNA = {
  useSTD3ASCIIRules: true,
  checkHyphens: true,
  checkBidi: true,
  checkJoiners: true,
  verifyDNSLength: true,
  transitionalProcessing: false,
  ignoreInvalidPunycode: false,
} as const

/**
 * The canonical form of an address, or null if the text is not an address.
 *
 * Surrounding white space is cut. The rest is checked before it is normalised, so that no text is repaired
 * into an address. Then the local part is lower-cased (mailboxes that differ only in case are one account),
 * and the domain is written in lower-case A-labels.
 */
export function parseEmail(input: string): EmailAddress | null {
  if (input.length > MAX_ADDRESS * 2) return null
  const [local = '', domain = '', ...rest] = input.replace(SURROUNDING_SPACE, '').split('@')
  if (rest.length > 0 || local.length > MAX_LOCAL || !LOCAL_PART.test(local)) return null
  const ascii = toAsciiDomain(domain)
  if (ascii === null || local.length + 1 + ascii.length > MAX_ADDRESS) return null
  return `${lowerAscii(local)}@${ascii}` as EmailAddress
}

/** `u***@example.com`: enough for its owner to recognise, too little for other readers. */
export function maskEmail(email: EmailAddress): string {
  return `${email.slice(0, 1)}***${email.slice(email.lastIndexOf('@'))}`
}

/**
 * The mailbox that an address is assumed to reach, as a key to count messages by: without the sub-address
 * (RFC 5233), and for Gmail without the dots, which it ignores. Never an identity: on some servers `a+b` and
 * `a` are two people.
 */
export function toMailboxKey(email: EmailAddress): string {
  const [local = '', domain = ''] = email.split('@')
  const user = local.replace(/(?<=.)\+.*$/, '')
  const isGmail = domain === 'gmail.com' || domain === 'googlemail.com'
  return isGmail ? `${user.replaceAll('.', '')}@gmail.com` : `${user}@${domain}`
}

/** A domain in A-labels; null if it is not a domain, or if mapping changes more than case and composition. */
function toAsciiDomain(domain: string): string | null {
  const ascii = DOMAIN.test(domain) ? toASCII(domain, IDNA) : null
  if (ascii === null || !TOP_LEVEL.test(ascii)) return null
  const unicode = ascii.includes('xn--') ? toUnicode(ascii, IDNA).domain : ascii
  // An A-label must not contain what is refused in Unicode.
  if (!DOMAIN.test(unicode)) return null
  const canonical = [ascii.split('.'), foldSpelling(unicode).split('.')]
  const typed = foldSpelling(domain).split('.')
  return typed.every((label, index) => canonical.some((labels) => labels[index] === label)) ? ascii : null
}

/** One case and composition. Letter by letter: `toLowerCase` of a word makes its last sigma a final one. */
function foldSpelling(text: string): string {
  return Array.from(text, (letter) => letter.toLowerCase())
    .join('')
    .normalize('NFC')
}

/** Only A–Z: `toLowerCase` would fold letters outside ASCII onto ASCII ones. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
