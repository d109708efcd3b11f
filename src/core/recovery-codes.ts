import type { Random } from './secrets.ts'

/** Crockford's base32, without the ambiguous letters I, L, O and U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 16
const GROUP = 4

/**
 * A new recovery code: 80 random bits as `XXXX-XXXX-XXXX-XXXX`. Written by hand because base32 libraries use
 * the RFC 4648 alphabet, and the code must have one form whether it is typed with dashes, lower case or
 * look-alike letters.
 */
export function newRecoveryCode(random: Random): string {
  const digits = Array.from(random.bytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
  return digits.replace(new RegExp(`.{${GROUP}}(?!$)`, 'g'), '$&-')
}

/** A code entered as a second factor. */
export type TypedCode =
  { readonly kind: 'totp'; readonly code: string } | { readonly kind: 'recovery-code'; readonly code: string }

/**
 * Parses a code into its canonical form. Six digits are a TOTP code. Sixteen characters are a recovery code,
 * in either case, with O read as 0, and I and L as 1. Spaces and dashes are ignored. Null for any other text.
 */
export function parseTypedCode(text: string): TypedCode | null {
  const code = text.replace(/[ -]/g, '')
  if (/^\d{6}$/.test(code)) return { kind: 'totp', code }
  // Checked before upper-casing: some non-ASCII letters have ASCII capitals.
  if (!/^[0-9A-Za-z]{16}$/.test(code)) return null
  const canonical = code.toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(canonical) ? { kind: 'recovery-code', code: canonical } : null
}
