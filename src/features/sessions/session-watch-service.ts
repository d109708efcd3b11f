import type { SignedInCaller } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RevocationReason, Sessions } from '../../ports/sessions.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import type { SessionRecords } from './session-records.ts'

/** What ends a watch, and the only thing it tells. */
export interface SessionEvent {
  /** `ENDED`: the session is over. `TOKEN_EXPIRED`: it lives, but the access token that watched it has ended: refresh. */
  readonly kind: 'ENDED' | 'TOKEN_EXPIRED'
  readonly sessionId: string
  /** Why it ended; null for `TOKEN_EXPIRED`. */
  readonly reason: RevocationReason | 'EXPIRED' | null
}

/** What watching needs. */
export interface SessionWatchDependencies {
  readonly records: SessionRecords
  readonly sessions: Sessions
  readonly pubSub: PubSub
  readonly now: Clock
  /** Clock difference that is forgiven, in seconds. */
  readonly leeway: number
}

/** Longest delay of a timer, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Tells those who watch a session when it ends. Hints say when to look, the session's record says what is so: a lost hint
 * makes the news late, never wrong.
 */
export class SessionWatchService {
  readonly #deps: SessionWatchDependencies

  constructor(deps: SessionWatchDependencies) {
    this.#deps = deps
  }

  /** Resolves when the caller's session or token has ended; with null when the watch is given up. */
  async watch(caller: SignedInCaller, givenUp: AbortSignal): Promise<SessionEvent | null> {
    const { pubSub } = this.#deps
    let look: () => void = () => undefined
    const deafen = pubSub.listen(caller.sessionId, () => look())
    const onGivenUp = () => look()
    givenUp.addEventListener('abort', onGivenUp)
    try {
      for (;;) {
        const hinted = new Promise<void>((resolve) => (look = resolve))
        const event = await this.#look(caller)
        if (event || givenUp.aborted) return event
        const timer = setTimeout(() => look(), this.#nextLook(caller))
        await hinted
        clearTimeout(timer)
        if (givenUp.aborted) return null
      }
    } finally {
      deafen()
      givenUp.removeEventListener('abort', onGivenUp)
    }
  }

  /** The news, if there is any. A store that cannot say is asked again later. */
  async #look(caller: SignedInCaller): Promise<SessionEvent | null> {
    const { records, sessions, now, leeway } = this.#deps
    const { sessionId, tokenId, tokenExpiresAt } = caller
    try {
      if (!(await records.find(sessionId, tokenId))) {
        const reason = (await sessions.endReason(sessionId)) ?? 'EXPIRED'
        return { kind: 'ENDED', sessionId, reason }
      }
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
    }
    if (now() / 1000 >= tokenExpiresAt + leeway) return { kind: 'TOKEN_EXPIRED', sessionId, reason: null }
    return null
  }

  /** Milliseconds until the next look without a hint: jittered, so that many watchers do not look at once. */
  #nextLook({ tokenExpiresAt }: SignedInCaller): number {
    const { pubSub, now, leeway } = this.#deps
    const untilExpiry = (tokenExpiresAt + leeway) * 1000 - now()
    const routine = pubSub.pollIntervalMs * (0.75 + Math.random() / 2)
    return Math.max(5, Math.min(routine, untilExpiry, LONGEST_TIMER))
  }
}
