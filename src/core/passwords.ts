/** Longest password in code points. NIST SP 800-63B-4 §3.1.1.2 requires support for at least 64. */
export const MAX_PASSWORD_CODE_POINTS = 256

/**
 * The form of a password that is hashed: Unicode NFC, because keyboards and systems spell the same letters
 * differently (RFC 8265 §4.2.2, NIST SP 800-63B-4 §3.1.1.2). Nothing else is changed.
 */
export function normalizePassword(password: string): string {
  return password.normalize('NFC')
}

/** Length of a password in code points (NIST SP 800-63B-4 §3.1.1.2). */
export function countCodePoints(password: string): number {
  let count = 0
  for (const _ of password) count += 1
  return count
}
