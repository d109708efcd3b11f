import { badInput, rateLimited } from '../../core/errors.ts'
import { findTextableCountry, type PhoneNumber } from '../../core/phone.ts'
import { keyedHash } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { SMS_DAILY, SMS_PER_BLOCK, SMS_PER_NETWORK } from './limit-rules.ts'
import type { LimitService } from './limit-service.ts'

/** What the guard needs. */
export interface SmsGuardDependencies {
  readonly store: StateStore
  readonly limits: LimitService
  /** Keys hold a MAC of the prefix. */
  readonly hashKey: Buffer
  readonly now: Clock
  /** Countries that text messages go to, ISO 3166-1 alpha-2; none: text messages are off. */
  readonly countries: ReadonlySet<string>
  /** Text messages of the whole installation in a day. */
  readonly dailyBudget: number
  /** Told of every code that is sent and every one that comes back, by prefix. */
  readonly onCode: (fact: 'sent' | 'verified', prefix: string) => void
}

/** How long a prefix's codes are compared with what came back of them, in milliseconds. */
const CONVERSION_WINDOW_MS = 60 * 60_000
/** Codes to one prefix before their conversion says anything. */
const CONVERSION_SAMPLE = 30
/** Share of codes that must come back: people type most of theirs, pumped numbers none. */
const CONVERSION_MIN = 0.1

/**
 * Keeps text messages from being sold: to countries that were named and lines that earn nothing for being called, within budgets
 * for each network, block of numbers and day, and not to prefixes from which no code comes back (Twilio, "Preventing Toll Fraud";
 * OWASP Multifactor Authentication Cheat Sheet). E-mail goes on when a budget is spent.
 */
export class SmsGuard {
  readonly #deps: SmsGuardDependencies

  constructor(deps: SmsGuardDependencies) {
    this.#deps = deps
  }

  /** Refuses numbers that no message is ever sent to: `BAD_USER_INPUT` with `PHONE_NOT_SUPPORTED`. Counts nothing. */
  check(phone: PhoneNumber): void {
    const country = findTextableCountry(phone)
    if (country !== null && this.#deps.countries.has(country)) return
    const message = 'codes are not sent to numbers of this country or kind'
    throw badInput({ path: ['input', 'phone'], code: 'PHONE_NOT_SUPPORTED', message })
  }

  /** Claims the budgets of one message, whether or not there is anybody to send it to. Throws `RATE_LIMITED`. */
  async admit(phone: PhoneNumber, network: string): Promise<void> {
    const { limits, dailyBudget, onCode } = this.#deps
    await limits.claim(SMS_PER_NETWORK, network)
    await limits.claim(SMS_PER_BLOCK, phone.slice(0, -4))
    await this.#demandConversion(phone)
    // Last, so that what the narrower budgets refuse uses up nothing of everybody's.
    await limits.claim({ ...SMS_DAILY, max: dailyBudget })
    onCode('sent', prefixOf(phone))
  }

  /** A code that went to this number came back. */
  async verified(phone: PhoneNumber): Promise<void> {
    const prefix = prefixOf(phone)
    this.#deps.onCode('verified', prefix)
    await this.#deps.store.increment(this.#key('sms-verified', prefix), CONVERSION_WINDOW_MS)
  }

  async #demandConversion(phone: PhoneNumber): Promise<void> {
    const { store, now } = this.#deps
    const prefix = prefixOf(phone)
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

/** The first six digits: the country and, in most, the operator. */
function prefixOf(phone: PhoneNumber): string {
  return phone.slice(0, 7)
}
