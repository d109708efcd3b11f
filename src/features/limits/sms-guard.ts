import { HOUR_MS } from '../../core/duration.ts'
import { badInput, rateLimited } from '../../core/errors.ts'
import { findTextableCountry, type PhoneNumber } from '../../core/phone.ts'
import { keyedHash } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { LIMITS } from './limits.ts'
import type { LimitService } from './limit-service.ts'

/** What the guard needs. */
export interface SmsGuardDependencies {
  readonly store: StateStore
  readonly limits: LimitService
  /** Keys contain a MAC of the prefix. */
  readonly hashKey: Buffer
  readonly now: Clock
  /** Countries that text messages are sent to, ISO 3166-1 alpha-2. Empty: text messages are off. */
  readonly countries: ReadonlySet<string>
  /** Text messages of the whole installation per day. */
  readonly dailyBudget: number
  /**
   * Called for every code that is sent, and for every one that is verified, with the prefix of its number.
   */
  readonly onCode: (fact: 'sent' | 'verified', prefix: string) => void
}

/** The window in which sent and verified codes of a prefix are compared. */
const CONVERSION_WINDOW_MS = HOUR_MS
/** Codes sent to one prefix before its conversion rate is checked. */
const CONVERSION_SAMPLE = 30
/** Lowest share of codes that must be verified: people enter most of theirs, pumped numbers none. */
const CONVERSION_MIN = 0.1

/**
 * Protects against SMS pumping: only configured countries and ordinary lines receive text messages, within
 * limits per network, block of numbers and day, and prefixes whose codes are not verified are rejected
 * (Twilio, "Preventing Toll Fraud"; OWASP Multifactor Authentication Cheat Sheet). E-mail is not affected.
 */
export class SmsGuard {
  readonly #deps: SmsGuardDependencies

  constructor(deps: SmsGuardDependencies) {
    this.#deps = deps
  }

  /**
   * Rejects numbers that never receive messages: `BAD_USER_INPUT` with `PHONE_NOT_SUPPORTED`. Counts nothing.
   */
  check(phone: PhoneNumber): void {
    const country = findTextableCountry(phone)
    if (country !== null && this.#deps.countries.has(country)) return
    const message = 'codes are not sent to numbers of this country or kind'
    throw badInput({ path: ['input', 'phone'], code: 'PHONE_NOT_SUPPORTED', message })
  }

  /** Counts one message, whether or not the number has an account. Throws `RATE_LIMITED`. */
  async admit(phone: PhoneNumber, network: string): Promise<void> {
    const { limits, dailyBudget, onCode } = this.#deps
    await limits.claim(LIMITS.smsPerNetwork, network)
    await limits.claim(LIMITS.smsPerBlock, phone.slice(0, -4))
    await this.#demandConversion(phone)
    // Last, so that messages which a narrower limit rejects do not use up the budget of the installation.
    await limits.claim({ ...LIMITS.smsDaily, max: dailyBudget })
    onCode('sent', toPrefix(phone))
  }

  /** Counts a code sent to this number as verified. */
  async verified(phone: PhoneNumber): Promise<void> {
    const prefix = toPrefix(phone)
    this.#deps.onCode('verified', prefix)
    await this.#deps.store.increment(this.#key('sms-verified', prefix), CONVERSION_WINDOW_MS)
  }

  async #demandConversion(phone: PhoneNumber): Promise<void> {
    const { store, now } = this.#deps
    const prefix = toPrefix(phone)
    const { count, resetsInMs } = await store.increment(this.#key('sms-sent', prefix), CONVERSION_WINDOW_MS)
    if (count <= CONVERSION_SAMPLE) return
    const [verified] = await store.get([this.#key('sms-verified', prefix)])
    if (Number(verified ?? 0) >= count * CONVERSION_MIN) return
    throw rateLimited({ limit: CONVERSION_SAMPLE, resetsInMs, resetAt: new Date(now() + resetsInMs) })
  }

  #key(name: string, prefix: string): string {
    return `${name}:${keyedHash(this.#deps.hashKey, name, prefix)}`
  }
}

/** The first six digits: the country and, for most numbers, the operator. */
function toPrefix(phone: PhoneNumber): string {
  return phone.slice(0, 7)
}
