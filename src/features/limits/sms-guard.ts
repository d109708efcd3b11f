import { HOUR_MS } from '../../core/duration.ts'
import { badInput, rateLimited } from '../../core/errors.ts'
import type { Limit } from '../../core/limit.ts'
import { findTextableCountry, type PhoneNumber } from '../../core/phone.ts'
import { keyedHash } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { LIMITS } from './limits.ts'
import type { ConfiguredLimitRecord } from './limit-record.ts'
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

/**
 * A text message that is requested. `new-number`: to a number that its account has not verified yet.
 * `verified-number`: a code for an account, requested by a stranger. `known-device`: the same, requested by a
 * device that has signed in to the account before.
 */
export interface RequestedSms {
  readonly phone: PhoneNumber
  readonly network: string
  readonly kind: 'new-number' | 'verified-number' | 'known-device'
  /** Whether a message is sent. False for a request that only looks like one, such as for no account. */
  readonly isSent: boolean
}

type DailyLimit = Omit<Limit, 'max'> & Pick<ConfiguredLimitRecord, 'share'>

const STRANGER_LIMITS: readonly DailyLimit[] = [LIMITS.smsDailyOfStrangers, LIMITS.smsDaily]

/** The daily limits that count a message, the narrowest first. */
const DAILY_LIMITS: Readonly<Record<RequestedSms['kind'], readonly DailyLimit[]>> = {
  'known-device': [LIMITS.smsDaily],
  'verified-number': STRANGER_LIMITS,
  'new-number': [LIMITS.smsDailyOfNewNumbers, ...STRANGER_LIMITS],
}

/** The window in which sent and verified codes of a prefix are compared. */
const CONVERSION_WINDOW_MS = HOUR_MS
/** Codes sent to new numbers of one prefix before its conversion rate is checked. */
const CONVERSION_SAMPLE = 30
/** Lowest share of codes that must be verified: people enter most of theirs, pumped numbers none. */
const CONVERSION_MIN = 0.1

/**
 * Protects against SMS pumping: only configured countries and ordinary lines receive text messages, within
 * limits per network, block of numbers and day, and prefixes whose codes are not verified are rejected
 * (Twilio, "Preventing Toll Fraud"; OWASP Multifactor Authentication Cheat Sheet). E-mail is not affected.
 *
 * A pumper needs new numbers: a number that an account has verified was paid for once, and receives few
 * messages a day. So blocks and prefixes are closed for new numbers only, and what strangers request leaves a
 * part of the daily budget to known devices. A request that sends nothing uses up the limits of its network
 * alone; where a shared limit would reject a message, it is rejected too, so that both look the same.
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

  /** Counts one message. Throws `RATE_LIMITED`. */
  async admit({ phone, network, kind, isSent }: RequestedSms): Promise<void> {
    const { limits, onCode } = this.#deps
    if (kind !== 'known-device') await limits.claim(LIMITS.smsPerNetwork, network)
    if (kind === 'new-number') {
      await limits.claim(LIMITS.smsPerBlock, phone.slice(0, -4))
      await this.#demandConversion(phone)
    }
    // Last, so that messages which a narrower limit rejects do not use up the budget of the installation.
    for (const limit of this.#listDailyLimits(kind))
      await (isSent ? limits.claim(limit) : limits.requirePlace(limit))
    if (isSent) onCode('sent', toPrefix(phone))
  }

  /**
   * Counts a code sent to this number as verified. `isNew`: the code verifies the number, and the conversion
   * of its prefix counts it.
   */
  async verified(phone: PhoneNumber, isNew: boolean): Promise<void> {
    const prefix = toPrefix(phone)
    this.#deps.onCode('verified', prefix)
    if (!isNew) return
    await this.#deps.store.increment(this.#key('sms-verified', prefix), CONVERSION_WINDOW_MS)
  }

  #listDailyLimits(kind: RequestedSms['kind']): readonly Limit[] {
    const toLimit = ({ share, ...limit }: DailyLimit) => ({
      ...limit,
      max: Math.ceil(this.#deps.dailyBudget * share),
    })
    return DAILY_LIMITS[kind].map(toLimit)
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
