import { DAY_MS, MINUTE_MS } from '../../../core/duration.ts'
import type { LimitRecords } from '../limit-record.ts'

/** Limits of guesses at one-time codes. */
export const OTP_GUESS_LIMITS = {
  verifyOtp: {
    name: 'field-verify-otp',
    max: 240,
    windowMs: 15 * MINUTE_MS,
    per: 'network',
    fields: ['verifyOtp', 'verifyEmail'],
    meaning: 'Attempts with a code or a link, for all accounts.',
  },
  otpFailuresOnDevice: {
    name: 'otp-failures-device',
    max: 10,
    windowMs: DAY_MS,
    per: 'device',
    fields: ['verifyOtp'],
    meaning: 'Wrong codes on a known device, for one address and purpose. Only this limit counts them.',
  },
  otpFailuresFromNetwork: {
    name: 'otp-failures-network',
    max: 20,
    windowMs: DAY_MS,
    per: 'account and network',
    fields: ['verifyOtp'],
    meaning: 'Wrong codes for one address and purpose from one network.',
  },
  // A new code does not reset it. Together with the other path and one known device, the failures of a day
  // stay within the hundred of NIST SP 800-63B-4 §3.2.2.
  otpFailures: {
    name: 'otp-failures',
    max: 45,
    windowMs: DAY_MS,
    per: 'account',
    fields: ['verifyOtp'],
    meaning:
      'Wrong codes of strangers for one address and purpose; attempts by challenge id and by address have separate counters. Known devices and the password are not affected.',
  },
  otpGuesses: {
    name: 'otp-guesses-all',
    max: 3000,
    windowMs: MINUTE_MS,
    per: 'all',
    fields: ['verifyOtp'],
    meaning: 'Guesses of strangers, for all destinations. Known devices are not affected.',
  },
} as const satisfies LimitRecords
