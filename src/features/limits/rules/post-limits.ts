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
  changePost: {
    name: 'field-change-post',
    max: 120,
    windowMs: MINUTE_MS,
    per: 'account',
    fields: ['updatePost', 'deletePost'],
    meaning: 'Changes and deletions of posts by one account.',
  },
  posts: {
    name: 'field-posts',
    max: 300,
    windowMs: MINUTE_MS,
    per: 'account',
    fields: ['posts'],
    meaning: 'Pages of posts that one account reads. A single post by its id is not counted.',
  },
} as const satisfies LimitRecords
