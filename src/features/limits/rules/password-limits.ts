import { HOUR_MS, MINUTE_MS } from '../../../core/duration.ts'
import type { LimitRecords } from '../limit-record.ts'

const PASSWORD_FIELDS = ['login', 'changePassword'] as const

/** Limits of sign-in by password, and of setting a password. */
export const PASSWORD_LIMITS = {
  login: {
    name: 'field-login',
    max: 120,
    windowMs: 15 * MINUTE_MS,
    per: 'network',
    fields: ['login'],
    meaning: 'Sign-ins by password, for all addresses.',
  },
  loginFailuresOnDevice: {
    name: 'login-failures-device',
    max: 10,
    windowMs: 15 * MINUTE_MS,
    per: 'device',
    fields: PASSWORD_FIELDS,
    meaning:
      'Failures on a known device; a success clears it. Only this limit counts them, so strangers cannot use it up.',
  },
  loginFailures: {
    name: 'login-failures',
    max: 10,
    windowMs: 15 * MINUTE_MS,
    per: 'account and network',
    fields: PASSWORD_FIELDS,
    meaning:
      'Failures for one address from one network; a success clears it. Other networks are not affected.',
  },
  // A botnet gets no more than this. The owner's own networks and devices are not counted.
  loginAttemptsByStrangers: {
    name: 'login-strangers',
    max: 100,
    windowMs: HOUR_MS,
    per: 'account',
    fields: PASSWORD_FIELDS,
    meaning:
      'Attempts from networks where the address has not signed in within 30 days. Its own networks and devices, and sign-in by code, are not affected.',
  },
  // More attempts than this are an attack on all accounts.
  loginAttempts: {
    name: 'login-all',
    max: 3000,
    windowMs: MINUTE_MS,
    per: 'all',
    fields: PASSWORD_FIELDS,
    meaning: 'The same for all addresses together. Known networks and devices are not affected.',
  },
  resetPassword: {
    name: 'field-reset-password',
    max: 60,
    windowMs: 15 * MINUTE_MS,
    per: 'network',
    fields: ['resetPassword'],
    meaning: 'Attempts to set a password with a reset token.',
  },
  changePassword: {
    name: 'field-change-password',
    max: 30,
    windowMs: 15 * MINUTE_MS,
    per: 'account',
    fields: ['changePassword'],
    meaning: 'Attempts of the signed-in account.',
  },
} as const satisfies LimitRecords
