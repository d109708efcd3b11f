import { LIMITS } from './limits.ts'
import type { LimitService } from './limit-service.ts'
import type { Requester } from './requester.ts'

/**
 * Limits guesses at codes. A device that has signed in to the account before has limits of its own; all other
 * requesters share the limits of strangers. `target`: purpose and destination of the code, hashed.
 */
export class OtpGuard {
  readonly #limits: LimitService

  constructor(limits: LimitService) {
    this.#limits = limits
  }

  /** Counts one guess at the codes of a target, before it is compared. Throws `RATE_LIMITED`. */
  async admitGuess(target: string, path: string, { network, device }: Requester): Promise<void> {
    const limits = this.#limits
    if (device !== null) return void (await limits.claim(LIMITS.otpFailuresOnDevice, target, device))
    await limits.claim(LIMITS.otpFailuresFromNetwork, target, network)
    await limits.claim(LIMITS.otpFailures, target, path)
    await limits.claim(LIMITS.otpGuesses)
  }

  /** After a correct code: resets the counters that counted this requester's failures, and no others. */
  async succeeded(target: string, path: string, { network, device }: Requester): Promise<void> {
    const limits = this.#limits
    if (device !== null) return limits.clear(LIMITS.otpFailuresOnDevice, target, device)
    await limits.clear(LIMITS.otpFailuresFromNetwork, target, network)
    await limits.clear(LIMITS.otpFailures, target, path)
  }
}
