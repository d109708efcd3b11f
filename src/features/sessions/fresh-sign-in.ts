import type { SignedInCaller } from '../../core/caller.ts'
import { MINUTE_MS } from '../../core/duration.ts'
import { AuthError } from '../../core/errors.ts'
import type { Sessions } from '../../ports/sessions.ts'

/** How long after its start a session can change the sign-in methods of the account, in milliseconds. */
export const FRESH_SIGN_IN_MS = 15 * MINUTE_MS

/**
 * Throws `REAUTHENTICATION_REQUIRED` (RFC 9470) unless the caller's session started within
 * `FRESH_SIGN_IN_MS`, so that a session stolen later cannot lock out the owner. Only a new sign-in counts as
 * re-authentication; a refresh does not.
 */
export async function requireFreshSignIn(
  sessions: Pick<Sessions, 'find'>,
  { sessionId }: SignedInCaller,
  now: number,
): Promise<void> {
  const status = await sessions.find(sessionId)
  const startedAt = status?.session.createdAt.getTime()
  if (startedAt === undefined || now - startedAt >= FRESH_SIGN_IN_MS)
    throw new AuthError('REAUTHENTICATION_REQUIRED')
}
