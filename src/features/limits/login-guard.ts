import { keyedHash } from '../../core/secrets.ts'
import type { StateStore } from '../../ports/state-store.ts'
import {
  LOGIN_ATTEMPTS,
  LOGIN_ATTEMPTS_BY_STRANGERS,
  LOGIN_FAILURES,
  LOGIN_FAILURES_ON_DEVICE,
} from './limit-rules.ts'
import type { LimitService } from './limit-service.ts'
import type { Requester } from './requester.ts'

/** What the guard needs. */
export interface LoginGuardDependencies {
  readonly store: StateStore
  readonly limits: LimitService
  /** Keys hold a MAC of account and network, never either. */
  readonly hashKey: Buffer
}

/** How long a network stays familiar to an account after a sign-in, in milliseconds. */
export const FAMILIAR_MS = 30 * 24 * 60 * 60_000

/**
 * Limits guesses at passwords, over all paths and nodes, so that a stranger cannot lock an owner out: a device that has signed
 * in to the account before is counted for itself alone, wherever it is; what one network tries is counted for it; what all
 * networks try together counts against those only from which the account has not signed in lately. From anywhere a code by
 * e-mail signs in: it has budgets of its own (OWASP Authentication Cheat Sheet, "Account Lockout").
 */
export class LoginGuard {
  readonly #deps: LoginGuardDependencies

  constructor(deps: LoginGuardDependencies) {
    this.#deps = deps
  }

  /** Counts an attempt before it is made; throws `RATE_LIMITED`. The address need not be anybody's: all are counted alike. */
  async admit(email: string, { network, device }: Requester): Promise<void> {
    const { store, limits } = this.#deps
    if (device !== null) return void (await limits.claim(LOGIN_FAILURES_ON_DEVICE, email, device))
    const [familiar] = await store.get([this.#familiarKey(email, network)])
    await limits.claim(LOGIN_FAILURES, email, network)
    if (familiar) return
    await limits.claim(LOGIN_ATTEMPTS_BY_STRANGERS, email)
    await limits.claim(LOGIN_ATTEMPTS)
  }

  /** After a sign-in by password: forgets the failures of this account from this network or on this device, and nothing else. */
  async succeeded(email: string, { network, device }: Requester): Promise<void> {
    const { limits } = this.#deps
    if (device !== null) await limits.clear(LOGIN_FAILURES_ON_DEVICE, email, device)
    else await limits.clear(LOGIN_FAILURES, email, network)
    await this.remember(email, network)
  }

  /** After any sign-in: the network is familiar for a while. */
  async remember(email: string, network: string): Promise<void> {
    await this.#deps.store.set(this.#familiarKey(email, network), '1', FAMILIAR_MS)
  }

  #familiarKey(email: string, network: string): string {
    return `familiar:${keyedHash(this.#deps.hashKey, 'familiar', email, network)}`
  }
}
