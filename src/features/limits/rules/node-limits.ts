import { MINUTE_MS } from '../../../core/duration.ts'
import type { LimitRecords } from '../limit-record.ts'

/** Limits of reading by id alone. */
export const NODE_LIMITS = {
  node: {
    name: 'field-node',
    max: 300,
    windowMs: MINUTE_MS,
    per: 'account',
    fields: ['node'],
    meaning: 'Objects that one account reads by id with `node`. `post`, `sessions` and `me` remain possible.',
  },
} as const satisfies LimitRecords
