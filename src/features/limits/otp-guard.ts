import { GUARANTEED_GUESSES, LIMITS } from './limits.ts'
import type { LimitService } from './limit-service.ts'
import type { Requester } from './requester.ts'

/** A guess at a code. */
export interface Guess {
  /** The contact that the code was sent to, hashed: guesses for all purposes are counted together. */
  readonly destination: string
  /** How the guess names its challenge. */
  readonly path: string
  /** 1 for the first guess at this code on this path. */
  readonly number: number
}

/**
 * Limits guesses at codes. A device that has signed in to the account before has limits of its own; all other
 * requesters share the limits of strangers, except for the first guesses by challenge id: the person who
 * requested the code can always enter it, even if strangers have used up their limits with challenges of
 * their own. These guesses are limited by the number of messages.
 */
export class OtpGuard {
  readonly #limits: LimitService

  constructor(limits: LimitService) {
    this.#limits = limits
  }

  /** Counts one guess, before it is compared. Throws `RATE_LIMITED`. */
  async admitGuess({ destination, path, number }: Guess, { network, device }: Requester): Promise<void> {
    const limits = this.#limits
    if (device !== null) return void (await limits.claim(LIMITS.otpFailuresOnDevice, destination, device))
    if (path === 'challenge' && number <= GUARANTEED_GUESSES) return
    await limits.claim(LIMITS.otpFailuresFromNetwork, destination, network)
    await limits.claim(LIMITS.otpFailures, destination, path)
    await limits.claim(LIMITS.otpGuesses)
  }

  /**
   * After a correct code: resets the counter that counted this requester's failures. The limit of all
   * strangers is not reset, because it bounds the guesses of a day.
   */
  async succeeded(destination: string, { network, device }: Requester): Promise<void> {
    const limits = this.#limits
    if (device !== null) return limits.clear(LIMITS.otpFailuresOnDevice, destination, device)
    await limits.clear(LIMITS.otpFailuresFromNetwork, destination, network)
  }
}
