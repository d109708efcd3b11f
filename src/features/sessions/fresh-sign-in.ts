import type { SignedInCaller } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Sessions } from '../../ports/sessions.ts'

/** What it needs. */
export interface FreshSignInDependencies {
  readonly sessions: Sessions
  readonly now: Clock
}

/** How long after signing in a session may change how its account signs in, in milliseconds. */
export const FRESH_MS = 15 * 60_000

/** Asks for a recent sign-in before what decides who can sign in is changed (ASVS 7.5.1): a token that was stolen does not suffice. */
export class FreshSignIn {
  readonly #deps: FreshSignInDependencies

  constructor(deps: FreshSignInDependencies) {
    this.#deps = deps
  }

  /** Throws `REAUTHENTICATION_REQUIRED` where the session began longer ago. */
  async require({ sessionId }: SignedInCaller): Promise<void> {
    const { sessions, now } = this.#deps
    const standing = await sessions.find(sessionId)
    const began = standing?.session.createdAt.getTime() ?? 0
    if (now() - began > FRESH_MS) throw new AuthError('REAUTHENTICATION_REQUIRED')
  }
}
