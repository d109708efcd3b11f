import { AuthError } from '../../core/errors.ts'
import { keyedHash } from '../../core/secrets.ts'
import type { Reservation, StateStore } from '../../ports/state-store.ts'
import type { LimitRule } from './limit-rules.ts'

/** What the limits need. */
export interface LimitDependencies {
  readonly store: StateStore
  /** Keys hold a MAC of whom they count, never the address itself. */
  readonly hashKey: Buffer
  /** `RATE_LIMIT_SCALE`. */
  readonly scale: number
}

/** Counts attempts in the state store, atomically and before they are made. */
export class LimitService {
  readonly #deps: LimitDependencies

  constructor(deps: LimitDependencies) {
    this.#deps = deps
  }

  /** Claims one place under the rule for this subject; throws `RATE_LIMITED` with the seconds to wait when none is left. */
  async claim(rule: LimitRule, ...subject: readonly string[]): Promise<Reservation> {
    const { store, scale } = this.#deps
    const limit = { max: rule.max * scale, windowMs: rule.windowMs }
    const reservation = await store.reserve(this.#key(rule, subject), limit)
    if (reservation.granted) return reservation
    throw new AuthError('RATE_LIMITED', { retryAfter: Math.max(1, Math.ceil(reservation.resetsInMs / 1000)) })
  }

  /** Forgets what was counted for this subject: after a success. */
  async clear(rule: LimitRule, ...subject: readonly string[]): Promise<void> {
    await this.#deps.store.delete([this.#key(rule, subject)])
  }

  #key(rule: LimitRule, subject: readonly string[]): string {
    return `limit:${rule.name}:${keyedHash(this.#deps.hashKey, 'limit', rule.name, ...subject)}`
  }
}
