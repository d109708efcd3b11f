import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/duration.ts'

/** How many times something may happen in a window that opens at the first time and never slides. */
export interface LimitRule {
  /** Part of the key: rules never share a counter. */
  readonly name: string
  /** Times per window, before `RATE_LIMIT_SCALE`. */
  readonly max: number
  readonly windowMs: number
}

/**
 * How often one network may call what needs no sign-in, whomever it names: wide enough for an office behind one address, and
 * far too narrow to try passwords or codes on many accounts (OWASP Credential Stuffing Prevention Cheat Sheet). What one
 * account bears is counted by the rules below.
 */
export const FIELD_RULES = {
  register: { name: 'field-register', per: 'network', max: 60, windowMs: HOUR_MS },
  requestOtp: { name: 'field-request-otp', per: 'network', max: 120, windowMs: HOUR_MS },
  verifyOtp: { name: 'field-verify-otp', per: 'network', max: 240, windowMs: 15 * MINUTE_MS },
  login: { name: 'field-login', per: 'network', max: 120, windowMs: 15 * MINUTE_MS },
  resetPassword: { name: 'field-reset-password', per: 'network', max: 60, windowMs: 15 * MINUTE_MS },
  changePassword: { name: 'field-change-password', per: 'account', max: 30, windowMs: 15 * MINUTE_MS },
  refresh: { name: 'field-refresh', per: 'network', max: 1200, windowMs: 15 * MINUTE_MS },
  verifyMfa: { name: 'field-verify-mfa', per: 'network', max: 240, windowMs: 15 * MINUTE_MS },
  changeSecondFactor: { name: 'field-second-factor', per: 'account', max: 60, windowMs: HOUR_MS },
  createPost: { name: 'field-create-post', per: 'account', max: 60, windowMs: MINUTE_MS },
} as const satisfies Readonly<Record<string, LimitRule & { per: 'network' | 'account' }>>

/** One message a minute to one destination, whatever it is for (OWASP Forgot Password Cheat Sheet: flooding). */
export const OTP_RESEND: LimitRule = { name: 'otp-resend', max: 1, windowMs: MINUTE_MS }
/** Messages to one destination in an hour, whoever asks. */
export const OTP_HOURLY_IN_ALL: LimitRule = { name: 'otp-hourly-all', max: 20, windowMs: HOUR_MS }
/** Messages to one destination in a day, whoever asks. */
export const OTP_DAILY_IN_ALL: LimitRule = { name: 'otp-daily-all', max: 60, windowMs: DAY_MS }
/** A first message and three more in five minutes to one destination, at the request of strangers. */
export const OTP_RESENDS: LimitRule = { name: 'otp-resends', max: 4, windowMs: 5 * MINUTE_MS }
/** Messages to one destination in an hour at the request of strangers: half of all, so that as many are left to known devices. */
export const OTP_HOURLY: LimitRule = { name: 'otp-hourly', max: 10, windowMs: HOUR_MS }
/** Messages to one destination in a day at the request of strangers: half of all. */
export const OTP_DAILY: LimitRule = { name: 'otp-daily', max: 30, windowMs: DAY_MS }
/** Messages to one destination in an hour at the request of one device that has signed in to the account before. */
export const OTP_HOURLY_ON_DEVICE: LimitRule = { name: 'otp-hourly-device', max: 10, windowMs: HOUR_MS }
/** Messages to one destination in a day at the request of one such device. */
export const OTP_DAILY_ON_DEVICE: LimitRule = {
  name: 'otp-daily-device',
  max: 30,
  windowMs: DAY_MS,
}
/** Text messages that one network may have sent in an hour, to whomever. */
export const SMS_PER_NETWORK: LimitRule = { name: 'sms-network', max: 20, windowMs: HOUR_MS }
/** Text messages in an hour to numbers that differ only in their last four digits: pumping walks through such a block. */
export const SMS_PER_BLOCK: LimitRule = { name: 'sms-block', max: 20, windowMs: HOUR_MS }
/** Text messages of the whole installation in a day; `SMS_DAILY_BUDGET` says how many. */
export const SMS_DAILY: Omit<LimitRule, 'max'> = { name: 'sms-daily', windowMs: DAY_MS }
/**
 * Wrong codes of strangers for one purpose, destination and path in a day, whatever codes were asked for in between: a new code
 * does not reset it, so that no run of failures, over both paths and on a known device, passes the hundred of NIST SP
 * 800-63B-4 §3.2.2.
 */
export const OTP_FAILURES: LimitRule = { name: 'otp-failures', max: 45, windowMs: DAY_MS }
/** Wrong codes in a day for one purpose and destination from one network. */
export const OTP_FAILURES_FROM_NETWORK: LimitRule = {
  name: 'otp-failures-network',
  max: 20,
  windowMs: DAY_MS,
}
/** Wrong codes in a day for one purpose and destination on one known device. */
export const OTP_FAILURES_ON_DEVICE: LimitRule = {
  name: 'otp-failures-device',
  max: 10,
  windowMs: DAY_MS,
}
/** Guesses of strangers at codes in a minute, for all destinations together. */
export const OTP_GUESSES: LimitRule = { name: 'otp-guesses-all', max: 3000, windowMs: MINUTE_MS }
/** Failed passwords for one address from one network in a quarter of an hour; a success clears it. */
export const LOGIN_FAILURES: LimitRule = { name: 'login-failures', max: 10, windowMs: 15 * MINUTE_MS }
/** Failed passwords for one address on one device that has signed in to it before; a success clears it. */
export const LOGIN_FAILURES_ON_DEVICE: LimitRule = {
  name: 'login-failures-device',
  max: 10,
  windowMs: 15 * MINUTE_MS,
}
/**
 * Sign-ins by password for one address in an hour from networks where it has not signed in lately, all of them together: a
 * botnet gets no more than this, and owners at home or on a known device are not counted.
 */
export const LOGIN_ATTEMPTS_BY_STRANGERS: LimitRule = {
  name: 'login-strangers',
  max: 100,
  windowMs: HOUR_MS,
}
/** Sign-ins by password in a minute from such networks, for all addresses together: beyond it the whole is under attack. */
export const LOGIN_ATTEMPTS: LimitRule = { name: 'login-all', max: 3000, windowMs: MINUTE_MS }
/** Codes of a second factor for one account in an hour, over all challenges and operations; a right one clears it. */
export const MFA_HOURLY: LimitRule = { name: 'mfa-hourly', max: 30, windowMs: HOUR_MS }
/** The same in a day; nothing clears it, so that no run of failures passes the hundred of NIST SP 800-63B-4 §3.2.2. */
export const MFA_DAILY: LimitRule = { name: 'mfa-daily', max: 100, windowMs: DAY_MS }
/** Guesses that one sign-in bears at its second step; not scaled. */
export const GUESSES_PER_CHALLENGE = 5
/** Refreshes of one session in a quarter of an hour: a client needs one, its tabs a few. */
export const REFRESHES_OF_SESSION: LimitRule = { name: 'refresh-session', max: 120, windowMs: 15 * MINUTE_MS }
/** Refreshes in a minute with genuine tokens, of all sessions together. */
export const REFRESHES: LimitRule = { name: 'refresh-all', max: 60_000, windowMs: MINUTE_MS }
/** Guesses that one code bears on one path (with its challenge id, or with the destination); not scaled. */
export const GUESSES_PER_CODE = 5

/** Chance that a day of guessing at one destination finds a code, over both paths and on one known device (security statement 23). */
export function dailyGuessProbability(codeLength: number): number {
  return (2 * OTP_FAILURES.max + OTP_FAILURES_ON_DEVICE.max) / 10 ** codeLength
}

/** The same for the six digits of an app, of which two are right at any time; only who knows the first factor may guess. */
export function dailyTotpGuessProbability(): number {
  return (2 * MFA_DAILY.max) / 10 ** 6
}
