import type { SignedInCaller } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { Sessions } from '../../ports/sessions.ts'

/** How long after a sign-in its session may change how the account is signed in to, in milliseconds. */
export const FRESH_SIGN_IN_MS = 15 * 60_000

/**
 * Throws `REAUTHENTICATION_REQUIRED` (RFC 9470) unless the caller's session began within the last quarter of an hour: a
 * session that was stolen later cannot lock its owner out. Signing in again is the re-authentication; a refresh is none.
 */
export async function requireFreshSignIn(
  sessions: Pick<Sessions, 'find'>,
  { sessionId }: SignedInCaller,
  now: number,
): Promise<void> {
  const standing = await sessions.find(sessionId)
  const startedAt = standing?.session.createdAt.getTime()
  if (startedAt === undefined || now - startedAt >= FRESH_SIGN_IN_MS)
    throw new AuthError('REAUTHENTICATION_REQUIRED')
}
