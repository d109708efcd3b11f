/** How many times something may happen in a window that opens at the first time and never slides. */
export interface LimitRule {
  /** Part of the key: rules never share a counter. */
  readonly name: string
  /** Times per window, before `RATE_LIMIT_SCALE`. */
  readonly max: number
  readonly windowMs: number
}

const MINUTE = 60_000

/** One message a minute for one purpose and destination (OWASP Forgot Password Cheat Sheet: flooding). */
export const OTP_RESEND: LimitRule = { name: 'otp-resend', max: 1, windowMs: MINUTE }
/** Ten messages an hour for one purpose and destination. */
export const OTP_HOURLY: LimitRule = { name: 'otp-hourly', max: 10, windowMs: 60 * MINUTE }
/**
 * Wrong codes for one purpose, destination and path in a day, whatever codes were asked for in between: a new code does
 * not reset it, so that no run of failures nears the hundred of NIST SP 800-63B-4 §3.2.2.
 */
export const OTP_FAILURES: LimitRule = { name: 'otp-failures', max: 50, windowMs: 24 * 60 * MINUTE }
/** Failed passwords for one address from one network in a quarter of an hour; a success clears it. */
export const LOGIN_FAILURES: LimitRule = { name: 'login-failures', max: 10, windowMs: 15 * MINUTE }
/** Guesses that one code bears on one path (with its challenge id, or with the destination); not scaled. */
export const GUESSES_PER_CODE = 5

/** Chance that a day of guessing at one destination finds a code, over both paths (security statement 23). */
export function dailyGuessProbability(codeLength: number): number {
  return (2 * OTP_FAILURES.max) / 10 ** codeLength
}
