import type { Random } from './secrets.ts'

/** Crockford's base32: no I, L, O and U, which are taken for others or make words. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 16
const GROUP = 4

/** A new recovery code: 80 random bits as `XXXX-XXXX-XXXX-XXXX`. */
export function newRecoveryCode(random: Random): string {
  const digits = Array.from(random.bytes(LENGTH), (octet) => ALPHABET[octet % ALPHABET.length]).join('')
  return digits.replace(new RegExp(`.{${GROUP}}(?!$)`, 'g'), '$&-')
}

/** What somebody typed for a second factor. */
export type TypedCode =
  { readonly kind: 'totp'; readonly code: string } | { readonly kind: 'recovery-code'; readonly code: string }

/**
 * Which of the two a text is, in its one form: six digits are an app's code; sixteen characters are a recovery code, in either
 * case, O for 0, I and L for 1. Spaces and dashes mean nothing. Null for anything else.
 */
export function parseTypedCode(text: string): TypedCode | null {
  const code = text.replace(/[ -]/g, '')
  if (/^\d{6}$/.test(code)) return { kind: 'totp', code }
  // Before the case is changed: there are letters beyond ASCII whose capitals are within it.
  if (!/^[0-9A-Za-z]{16}$/.test(code)) return null
  const written = code.toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(written) ? { kind: 'recovery-code', code: written } : null
}
