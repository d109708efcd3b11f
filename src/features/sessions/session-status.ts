import type { ApiKeyStatus } from '../../ports/api-keys.ts'
import type { SessionStatus } from '../../ports/sessions.ts'

/** Whether a session or an API key is active: it has neither ended nor expired. */
export function isActive(status: SessionStatus | ApiKeyStatus, now: number): boolean {
  return !hasEnded(status) && status.session.expiresAt.getTime() > now
}

/**
 * Whether a session or an API key was revoked or its account is not active. Expiry is not considered: a node
 * with a wrong clock must not record the end of a session for other nodes.
 */
export function hasEnded({ session, userStatus }: SessionStatus | ApiKeyStatus): boolean {
  return session.revokedAt !== null || userStatus !== 'ACTIVE'
}
