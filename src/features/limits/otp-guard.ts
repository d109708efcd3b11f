import {
  OTP_FAILURES,
  OTP_FAILURES_FROM_NETWORK,
  OTP_FAILURES_ON_DEVICE,
  OTP_GUESSES,
} from './limit-rules.ts'
import type { LimitService } from './limit-service.ts'
import type { Requester } from './requester.ts'

/**
 * Limits guesses at codes by who makes them. A device that has signed in to the account before has budgets of
 * its own; everybody else shares those of strangers. `place`: what a code is for and where it goes, hashed.
 */
export class OtpGuard {
  readonly #limits: LimitService

  constructor(limits: LimitService) {
    this.#limits = limits
  }

  /** Claims one guess at the codes of a place, before it is compared. Throws `RATE_LIMITED`. */
  async admitGuess(place: string, path: string, { network, device }: Requester): Promise<void> {
    const limits = this.#limits
    if (device !== null) return void (await limits.claim(OTP_FAILURES_ON_DEVICE, place, device))
    await limits.claim(OTP_FAILURES_FROM_NETWORK, place, network)
    await limits.claim(OTP_FAILURES, place, path)
    await limits.claim(OTP_GUESSES)
  }

  /** After a right code: forgets the failures that led up to it, and nobody else's. */
  async succeeded(place: string, path: string, { network, device }: Requester): Promise<void> {
    const limits = this.#limits
    if (device !== null) return limits.clear(OTP_FAILURES_ON_DEVICE, place, device)
    await limits.clear(OTP_FAILURES_FROM_NETWORK, place, network)
    await limits.clear(OTP_FAILURES, place, path)
  }
}
