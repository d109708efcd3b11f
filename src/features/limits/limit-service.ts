import { rateLimited } from '../../core/errors.ts'
import { keyedHash } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Reservation, StateStore } from '../../ports/state-store.ts'
import type { LimitRule } from './limit-rules.ts'

/** What the limits need. */
export interface LimitDependencies {
  readonly store: StateStore
  /** Keys hold a MAC of whom they count, never the address itself. */
  readonly hashKey: Buffer
  /** `RATE_LIMIT_SCALE`. */
  readonly scale: number
  readonly now: Clock
}

/** How a subject stands under a rule after one more attempt. */
export interface Standing extends Reservation {
  /** Times that the window allows. */
  readonly limit: number
  /** When the window ends. */
  readonly resetAt: Date
}

/** Counts attempts in the state store, atomically and before they are made. */
export class LimitService {
  readonly #deps: LimitDependencies

  constructor(deps: LimitDependencies) {
    this.#deps = deps
  }

  /** Claims one place under the rule for this subject; throws `RATE_LIMITED` with the seconds to wait when none is left. */
  async claim(rule: LimitRule, ...subject: readonly string[]): Promise<Standing> {
    const standing = await this.reserve(rule, ...subject)
    if (!standing.granted) throw rateLimited(standing)
    return standing
  }

  /** Claims one place, and says how things stand whether or not there was one. */
  async reserve(rule: LimitRule, ...subject: readonly string[]): Promise<Standing> {
    const { store, scale, now } = this.#deps
    const max = rule.max * scale
    const reservation = await store.reserve(this.#key(rule, subject), { max, windowMs: rule.windowMs })
    return { ...reservation, limit: max, resetAt: new Date(now() + reservation.resetsInMs) }
  }

  /** Forgets what was counted for this subject: after a success. */
  async clear(rule: LimitRule, ...subject: readonly string[]): Promise<void> {
    await this.#deps.store.delete([this.#key(rule, subject)])
  }

  #key(rule: LimitRule, subject: readonly string[]): string {
    return `limit:${rule.name}:${keyedHash(this.#deps.hashKey, 'limit', rule.name, ...subject)}`
  }
}
