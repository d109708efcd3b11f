import { DAY_MS, MINUTE_MS } from '../../../core/duration.ts'
import type { LimitRecords } from '../limit-record.ts'

/** Limits of the recovery of accounts. */
export const RECOVERY_LIMITS = {
  undoChange: {
    name: 'field-undo-change',
    max: 60,
    windowMs: 15 * MINUTE_MS,
    per: 'network',
    fields: ['undoChange'],
    meaning: 'Attempts with undo links, for all accounts.',
  },
  undoProofs: {
    name: 'undo-proofs',
    max: 20,
    windowMs: DAY_MS,
    per: 'account',
    fields: ['undoChange'],
    meaning:
      'Passwords that prove an undo of a second factor. An attempt requires a genuine undo link of the account; a device that was known before the change is not counted.',
  },
} as const satisfies LimitRecords
