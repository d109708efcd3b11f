import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/duration.ts'
import type { LimitRecords } from '../limit-record.ts'

const SENDING_FIELDS = ['requestOtp', 'register', 'registerPhone'] as const

/**
 * Limits of sending one-time codes. `otp*` limits count the messages to one destination (OWASP Forgot
 * Password Cheat Sheet: flooding). Strangers get half of them, so that as many remain for known devices.
 */
export const OTP_SEND_LIMITS = {
  requestOtp: {
    name: 'field-request-otp',
    max: 120,
    windowMs: HOUR_MS,
    per: 'network',
    fields: ['requestOtp'],
    meaning: 'Requests for a code, to all destinations.',
  },
  register: {
    name: 'field-register',
    max: 60,
    windowMs: HOUR_MS,
    per: 'network',
    fields: ['register', 'registerPhone'],
    meaning: 'Registrations, for all addresses and numbers.',
  },
  otpResend: {
    name: 'otp-resend',
    max: 1,
    windowMs: MINUTE_MS,
    per: 'account',
    fields: SENDING_FIELDS,
    meaning:
      'Messages to one mailbox or number, for all purposes and from all requesters. A known device waits only after a message that it has requested itself.',
  },
  otpHourlyInAll: {
    name: 'otp-hourly-all',
    max: 20,
    windowMs: HOUR_MS,
    per: 'account',
    fields: SENDING_FIELDS,
    meaning: 'Messages to one mailbox or number, for all purposes and from all requesters, per hour.',
  },
  otpDailyInAll: {
    name: 'otp-daily-all',
    max: 60,
    windowMs: DAY_MS,
    per: 'account',
    fields: SENDING_FIELDS,
    meaning: 'The same per day.',
  },
  otpHourlyOnDevice: {
    name: 'otp-hourly-device',
    max: 10,
    windowMs: HOUR_MS,
    per: 'device',
    fields: ['requestOtp'],
    meaning: 'Messages that a known device requests. Strangers cannot use it up.',
  },
  otpDailyOnDevice: {
    name: 'otp-daily-device',
    max: 30,
    windowMs: DAY_MS,
    per: 'device',
    fields: ['requestOtp'],
    meaning: 'The same per day.',
  },
  otpResends: {
    name: 'otp-resends',
    max: 4,
    windowMs: 5 * MINUTE_MS,
    per: 'account',
    fields: SENDING_FIELDS,
    meaning: 'Messages that strangers request: a first message and three more.',
  },
  otpHourly: {
    name: 'otp-hourly',
    max: 10,
    windowMs: HOUR_MS,
    per: 'account',
    fields: SENDING_FIELDS,
    meaning:
      'The same per hour. Known devices, the password, and a code that was sent before are not affected.',
  },
  otpDaily: {
    name: 'otp-daily',
    max: 30,
    windowMs: DAY_MS,
    per: 'account',
    fields: SENDING_FIELDS,
    meaning: 'The same per day.',
  },
} as const satisfies LimitRecords
