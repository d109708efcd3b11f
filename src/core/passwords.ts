/** Most code points a password may have; NIST SP 800-63B-4 §3.1.1.2 asks for at least 64. */
export const MAX_PASSWORD_CODE_POINTS = 256

/** Length as people count it: in code points (NIST SP 800-63B-4 §3.1.1.2). */
export function codePointCount(password: string): number {
  let count = 0
  for (const _ of password) count += 1
  return count
}
