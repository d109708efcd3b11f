import {
  OTP_FAILURES,
  OTP_FAILURES_FROM_NETWORK,
  OTP_FAILURES_ON_DEVICE,
  OTP_FROM_NETWORK,
  OTP_GUESSES,
  OTP_HOURLY,
  OTP_MESSAGES,
  OTP_ON_DEVICE,
  OTP_RESEND,
  OTP_RESEND_TO_STRANGERS,
} from './limit-rules.ts'
import type { LimitService, Standing } from './limit-service.ts'
import type { Visitor } from './visitors.ts'

/**
 * Limits codes by whom they are asked for and guessed at. A device that has signed in to the account before has budgets of
 * its own; everybody else shares those of strangers. `place`: what a code is for and where it goes, hashed.
 */
export class OtpGuard {
  readonly #limits: LimitService

  constructor(limits: LimitService) {
    this.#limits = limits
  }

  /**
   * Claims one message to a place; how its minute stands. Strangers pass their own rules before they touch the minute that they
   * share with known devices: once theirs are used up, they can take no minute away. Throws `RATE_LIMITED`.
   */
  async admitMessage(purpose: string, place: string, { network, device }: Visitor): Promise<Standing> {
    const limits = this.#limits
    if (device === null) {
      await limits.claim(OTP_RESEND_TO_STRANGERS, place)
      await limits.claim(OTP_FROM_NETWORK, place, network)
      await limits.claim(OTP_HOURLY, place)
      await limits.claim(OTP_MESSAGES, purpose)
    }
    const minute = await limits.claim(OTP_RESEND, place)
    if (device !== null) await limits.claim(OTP_ON_DEVICE, place, device)
    return minute
  }

  /** Claims one guess at the codes of a place, before it is compared. Throws `RATE_LIMITED`. */
  async admitGuess(place: string, path: string, { network, device }: Visitor): Promise<void> {
    const limits = this.#limits
    if (device !== null) return void (await limits.claim(OTP_FAILURES_ON_DEVICE, place, device))
    await limits.claim(OTP_FAILURES_FROM_NETWORK, place, network)
    await limits.claim(OTP_FAILURES, place, path)
    await limits.claim(OTP_GUESSES)
  }

  /** After a right code: forgets the failures that led up to it, and nobody else's. */
  async succeeded(place: string, path: string, { network, device }: Visitor): Promise<void> {
    const limits = this.#limits
    if (device !== null) return limits.clear(OTP_FAILURES_ON_DEVICE, place, device)
    await limits.clear(OTP_FAILURES_FROM_NETWORK, place, network)
    await limits.clear(OTP_FAILURES, place, path)
  }
}
