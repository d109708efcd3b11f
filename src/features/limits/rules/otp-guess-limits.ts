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
    meaning: 'Wrong codes on a known device, for one destination. Only this limit counts them.',
  },
  otpFailuresFromNetwork: {
    name: 'otp-failures-network',
    max: 10,
    windowMs: DAY_MS,
    per: 'account and network',
    fields: ['verifyOtp'],
    meaning:
      'Wrong codes for one destination from one network, without the first two attempts by each challenge id.',
  },
  // Neither a new code nor a correct one resets it; see `DAILY_GUESSES`.
  otpFailures: {
    name: 'otp-failures',
    max: 15,
    windowMs: DAY_MS,
    per: 'account',
    fields: ['verifyOtp'],
    meaning:
      'Wrong codes of strangers for one destination and all purposes; attempts by challenge id and by destination have separate counters. The first two attempts by each challenge id, known devices and the password are not affected.',
  },
  otpGuesses: {
    name: 'otp-guesses-all',
    max: 3000,
    windowMs: MINUTE_MS,
    per: 'all',
    fields: ['verifyOtp'],
    meaning:
      'Guesses of strangers, for all destinations. The first two attempts by each challenge id, and known devices, are not affected.',
  },
} as const satisfies LimitRecords
