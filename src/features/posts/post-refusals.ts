import type { TextReason } from '../../core/error-reasons.ts'
import { AuthError } from '../../core/errors.ts'
import type { Post, PostCreation, PostQuota, RefusedWrite } from '../../ports/posts.ts'

const QUOTA_REASONS: Readonly<Record<keyof PostQuota, TextReason>> = {
  posts: 'TOO_MANY_POSTS',
  bytes: 'TOO_MANY_BYTES',
}

/** The written post. Throws `QUOTA_EXCEEDED` with the limit that has no room for it. */
export function requireRoom(outcome: PostCreation, quota: PostQuota): Post {
  if (outcome.kind === 'written') return outcome.post
  throw new AuthError('QUOTA_EXCEEDED', { reason: QUOTA_REASONS[outcome.of], limit: quota[outcome.of] })
}

/** Throws `NOT_FOUND` for a missing post, and `CONFLICT` with the current version for another version. */
export function refuseWrite(refused: RefusedWrite): never {
  if (refused.kind === 'missing') throw new AuthError('NOT_FOUND')
  throw new AuthError('CONFLICT', { reason: 'OUTDATED_VERSION', current: toVersion(refused.current) })
}

/** What a front end needs to show the difference, and to send the change again. */
function toVersion({ id, title, content, published, updatedAt }: Post) {
  return { id, title, content, published, updatedAt: updatedAt.toISOString() }
}
