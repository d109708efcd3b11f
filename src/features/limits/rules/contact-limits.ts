import { HOUR_MS } from '../../../core/duration.ts'
import type { LimitRecords } from '../limit-record.ts'

/** Limits of changes of contacts. `requestOtp` and `verifyOtp`, which set a number, have their own. */
export const CONTACT_LIMITS = {
  removePhone: {
    name: 'field-remove-phone',
    max: 10,
    windowMs: HOUR_MS,
    per: 'account',
    fields: ['removePhone'],
    meaning: 'Attempts of the signed-in account.',
  },
} as const satisfies LimitRecords
