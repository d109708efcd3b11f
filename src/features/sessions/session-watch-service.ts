import type { SignedInCaller } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import type { RevocationReason, Sessions } from '../../ports/sessions.ts'
import type { SessionRecords } from './session-records.ts'

/** The event that ends a watch. */
export interface SessionEvent {
  /** `ENDED`: the session has ended. `TOKEN_EXPIRED`: the session is active; its access token has expired. */
  readonly kind: 'ENDED' | 'TOKEN_EXPIRED'
  readonly sessionId: string
  /** Why the session ended; null for `TOKEN_EXPIRED`. */
  readonly reason: RevocationReason | 'EXPIRED' | null
}

/** Dependencies of the session watch. */
export interface SessionWatchDependencies {
  readonly records: SessionRecords
  readonly sessions: Sessions
  readonly pubSub: PubSub
  readonly random: Random
  readonly now: Clock
  /** Accepted clock difference, in seconds. */
  readonly leeway: number
}

/** Maximum delay of a timer, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1
/** Minimum delay between two polls, in milliseconds. */
const MIN_POLL_MS = 5

/**
 * Reports the end of a session to its watchers. An invalidation only starts a poll of the session record, so
 * a lost one delays the event and never falsifies it.
 */
export class SessionWatchService {
  readonly #deps: SessionWatchDependencies

  constructor(deps: SessionWatchDependencies) {
    this.#deps = deps
  }

  /** Resolves when the session or the token of the caller has ended; with null when the signal aborts. */
  async watch(caller: SignedInCaller, signal: AbortSignal): Promise<SessionEvent | null> {
    const { pubSub } = this.#deps
    let wake: () => void = () => undefined
    const stopListening = pubSub.listen(caller.sessionId, () => wake())
    const onAbort = () => wake()
    signal.addEventListener('abort', onAbort)
    try {
      for (;;) {
        const woken = new Promise<void>((resolve) => (wake = resolve))
        const event = await this.#poll(caller)
        if (event || signal.aborted) return event
        const timer = setTimeout(() => wake(), this.#computePollDelay(caller))
        await woken
        clearTimeout(timer)
        if (signal.aborted) return null
      }
    } finally {
      stopListening()
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** The event, if there is one. When a store fails, the next poll reads it again. */
  async #poll(caller: SignedInCaller): Promise<SessionEvent | null> {
    const { records, sessions, now, leeway } = this.#deps
    const { userId, sessionId, tokenId, tokenExpiresAt } = caller
    try {
      if (!(await records.find(sessionId, tokenId, userId))) {
        const reason = (await sessions.endReason(sessionId)) ?? 'EXPIRED'
        return { kind: 'ENDED', sessionId, reason }
      }
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
    }
    if (now() / 1000 >= tokenExpiresAt + leeway) return { kind: 'TOKEN_EXPIRED', sessionId, reason: null }
    return null
  }

  /** Milliseconds until the next poll: with jitter, so that many watchers do not poll at the same time. */
  #computePollDelay({ tokenExpiresAt }: SignedInCaller): number {
    const { pubSub, random, now, leeway } = this.#deps
    const untilExpiry = (tokenExpiresAt + leeway) * 1000 - now()
    const interval = pubSub.pollIntervalMs * (0.75 + random.integer(1001) / 2000)
    return Math.max(MIN_POLL_MS, Math.min(interval, untilExpiry, MAX_TIMER_MS))
  }
}
