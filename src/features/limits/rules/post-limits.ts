import { MINUTE_MS } from '../../../core/duration.ts'
import type { LimitRecords } from '../limit-record.ts'

/** Limits of posts. */
export const POST_LIMITS = {
  createPost: {
    name: 'field-create-post',
    max: 60,
    windowMs: MINUTE_MS,
    per: 'account',
    fields: ['createPost'],
    meaning: 'Posts of one account.',
  },
} as const satisfies LimitRecords
