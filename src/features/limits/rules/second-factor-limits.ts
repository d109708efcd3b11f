import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/duration.ts'
import type { LimitRecords } from '../limit-record.ts'

const FACTOR_FIELDS = [
  'verifyMfa',
  'resetPassword',
  'confirmTotp',
  'disableTotp',
  'regenerateRecoveryCodes',
] as const

/** Limits of the second factor. */
export const SECOND_FACTOR_LIMITS = {
  verifyMfa: {
    name: 'field-verify-mfa',
    max: 240,
    windowMs: 15 * MINUTE_MS,
    per: 'network',
    fields: ['verifyMfa'],
    meaning: 'Attempts at the second step of a sign-in, for all accounts.',
  },
  mfaHourly: {
    name: 'mfa-hourly',
    max: 30,
    windowMs: HOUR_MS,
    per: 'account',
    fields: FACTOR_FIELDS,
    meaning:
      'Codes of a second factor, over all challenges; a correct code clears it. An attempt requires the first factor.',
  },
  // The failures of a day stay within the hundred of NIST SP 800-63B-4 §3.2.2.
  mfaDaily: {
    name: 'mfa-daily',
    max: 100,
    windowMs: DAY_MS,
    per: 'account',
    fields: FACTOR_FIELDS,
    meaning: 'The same per day; a correct code does not clear it.',
  },
  changeSecondFactor: {
    name: 'field-second-factor',
    max: 60,
    windowMs: HOUR_MS,
    per: 'account',
    fields: ['enrollTotp', 'confirmTotp', 'disableTotp', 'regenerateRecoveryCodes'],
    meaning: 'Changes of the second factor by the signed-in account.',
  },
} as const satisfies LimitRecords
