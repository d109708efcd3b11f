import { DAY_MS } from '../../core/duration.ts'
import { keyedHash } from '../../core/secrets.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { LIMITS } from './limits.ts'
import type { LimitService } from './limit-service.ts'
import type { Requester } from './requester.ts'

/** What the guard needs. */
export interface LoginGuardDependencies {
  readonly store: StateStore
  readonly limits: LimitService
  /** Keys contain a MAC of account and network, never their values. */
  readonly hashKey: Buffer
}

/** How long a network stays familiar to an account after a sign-in. */
export const FAMILIAR_MS = 30 * DAY_MS

/**
 * Limits guesses at passwords, over all fields and nodes, so that strangers cannot lock an owner out. A known
 * device is counted by itself. Other attempts are counted by network, and for all networks together only if
 * the account has not signed in from theirs lately. Sign-in by code has limits of its own and remains
 * possible (OWASP Authentication Cheat Sheet, "Account Lockout").
 */
export class LoginGuard {
  readonly #deps: LoginGuardDependencies

  constructor(deps: LoginGuardDependencies) {
    this.#deps = deps
  }

  /**
   * Counts an attempt before it is executed. Throws `RATE_LIMITED`. Addresses without an account are counted
   * alike.
   */
  async admit(email: string, { network, device }: Requester): Promise<void> {
    const { store, limits } = this.#deps
    if (device !== null) return void (await limits.claim(LIMITS.loginFailuresOnDevice, email, device))
    const [familiar] = await store.get([this.#familiarKey(email, network)])
    await limits.claim(LIMITS.loginFailures, email, network)
    if (familiar) return
    await limits.claim(LIMITS.loginAttemptsByStrangers, email)
    await limits.claim(LIMITS.loginAttempts)
  }

  /**
   * After a sign-in by password: resets the counter of this network or this device for the account, and no
   * others.
   */
  async succeeded(email: string, { network, device }: Requester): Promise<void> {
    const { limits } = this.#deps
    if (device !== null) await limits.clear(LIMITS.loginFailuresOnDevice, email, device)
    else await limits.clear(LIMITS.loginFailures, email, network)
    await this.remember(email, network)
  }

  /** After any sign-in: makes the network familiar to the account for `FAMILIAR_MS`. */
  async remember(email: string, network: string): Promise<void> {
    await this.#deps.store.set(this.#familiarKey(email, network), '1', FAMILIAR_MS)
  }

  #familiarKey(email: string, network: string): string {
    return `familiar:${keyedHash(this.#deps.hashKey, 'familiar', email, network)}`
  }
}
