import { API_KEY_LIMITS } from './rules/api-key-limits.ts'
import { CONTACT_LIMITS } from './rules/contact-limits.ts'
import { NODE_LIMITS } from './rules/node-limits.ts'
import { OTP_GUESS_LIMITS } from './rules/otp-guess-limits.ts'
import { OTP_SEND_LIMITS } from './rules/otp-send-limits.ts'
import { PASSWORD_LIMITS } from './rules/password-limits.ts'
import { POST_LIMITS } from './rules/post-limits.ts'
import { RECOVERY_LIMITS } from './rules/recovery-limits.ts'
import { SECOND_FACTOR_LIMITS } from './rules/second-factor-limits.ts'
import { SESSION_LIMITS } from './rules/session-limits.ts'
import { SMS_LIMITS } from './rules/sms-limits.ts'

/**
 * Every limit, in the order in which an attempt meets them. Counters, `@RateLimit` and the table of
 * `docs/limits.md` use these records.
 *
 * Limits per network apply before anything else is known of an attempt. They are wide enough for an office
 * behind one address, and far too narrow to try passwords or codes on many accounts (OWASP Credential
 * Stuffing Prevention Cheat Sheet).
 */
export const LIMITS = {
  ...PASSWORD_LIMITS,
  ...OTP_SEND_LIMITS,
  ...SMS_LIMITS,
  ...OTP_GUESS_LIMITS,
  ...SECOND_FACTOR_LIMITS,
  ...CONTACT_LIMITS,
  ...RECOVERY_LIMITS,
  ...SESSION_LIMITS,
  ...API_KEY_LIMITS,
  ...POST_LIMITS,
  ...NODE_LIMITS,
} as const

/** Guesses at one code on one path (with its challenge id, or with the destination); not scaled. */
export const GUESSES_PER_CODE = 5
/**
 * Guesses by challenge id that no limit of a day rejects, for each code; not scaled. So strangers who have
 * used up their limits do not lock out the person who holds a challenge.
 */
export const GUARANTEED_GUESSES = 2
/** Guesses at the second step of one sign-in; not scaled. */
export const GUESSES_PER_CHALLENGE = 5

/**
 * Guesses of a day at the codes of one destination, for all purposes: the guaranteed ones of every message
 * that strangers request, those of strangers on both paths, and those of one known device. NIST SP 800-63B-4
 * §3.2.2 allows a hundred.
 */
export const DAILY_GUESSES =
  GUARANTEED_GUESSES * LIMITS.otpDaily.max + 2 * LIMITS.otpFailures.max + LIMITS.otpFailuresOnDevice.max

/** Probability that a day of guesses at one destination finds a code (SR-023, SR-219). */
export function dailyGuessProbability(codeLength: number): number {
  return DAILY_GUESSES / 10 ** codeLength
}

/**
 * Probability that a day of guesses at one account finds a code of its authenticator app. Two of the
 * six-digit codes are valid at any time, and a guess requires the first factor.
 */
export function dailyTotpGuessProbability(): number {
  return (2 * LIMITS.mfaDaily.max) / 10 ** 6
}
