import { rateLimited } from '../../core/errors.ts'
import type { Limit, LimitStatus } from '../../core/limit.ts'
import { createLimitKeys, type ToLimitKey } from '../../core/limit-keys.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'

/** What the limits need. */
export interface LimitDependencies {
  readonly store: StateStore
  /** Keys contain a MAC of the subject, never the address itself. */
  readonly hashKey: Buffer
  /** `RATE_LIMIT_SCALE`. */
  readonly scale: number
  readonly now: Clock
  /** Called with the name of the limit for every attempt that is not granted. */
  readonly onReached?: (limit: string) => void
}

/** Counts attempts in the state store, atomically and before they are executed. */
export class LimitService {
  readonly #deps: LimitDependencies
  readonly #toKey: ToLimitKey

  constructor(deps: LimitDependencies) {
    this.#deps = deps
    this.#toKey = createLimitKeys(deps.hashKey)
  }

  /**
   * Counts one attempt of a subject. Throws `RATE_LIMITED` with the seconds to wait if the limit is reached.
   */
  async claim(limit: Limit, ...subject: readonly string[]): Promise<LimitStatus> {
    const status = await this.reserve(limit, ...subject)
    if (!status.granted) throw rateLimited(status)
    return status
  }

  /**
   * Throws `RATE_LIMITED` if the limit of a subject is reached, and counts nothing otherwise. An attempt
   * after it may find the last place taken.
   */
  async requirePlace(limit: Limit, ...subject: readonly string[]): Promise<void> {
    const { store, scale } = this.#deps
    const [count] = await store.get([this.#toKey(limit.name, subject)])
    // Counting beyond the limit changes nothing, and returns the end of the window.
    if (Number(count ?? 0) >= limit.max * scale) await this.claim(limit, ...subject)
  }

  /** Counts one attempt of a subject, and returns the status whether or not it is within the limit. */
  async reserve(limit: Limit, ...subject: readonly string[]): Promise<LimitStatus> {
    const { store, scale, now, onReached } = this.#deps
    const max = limit.max * scale
    const reservation = await store.reserve(this.#toKey(limit.name, subject), {
      max,
      windowMs: limit.windowMs,
    })
    if (!reservation.granted) onReached?.(limit.name)
    return { limit: max, resetAt: new Date(now() + reservation.resetsInMs), ...reservation }
  }

  /** Resets the counter of a subject, after a success. */
  async clear(limit: Limit, ...subject: readonly string[]): Promise<void> {
    await this.#deps.store.delete([this.#toKey(limit.name, subject)])
  }
}
