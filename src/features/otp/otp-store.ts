import { MINUTE_MS } from '../../core/duration.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { StoredOtp } from './otp-challenge.ts'
import { readOtpRecord, writeOtpRecord, type OtpRecord } from './otp-record.ts'

/** Dependencies of the code store. */
export interface OtpStoreDependencies {
  readonly store: StateStore
  readonly now: Clock
}

/** How long an expired code is still distinguished from one that never existed, in milliseconds. */
export const OTP_RETENTION_MS = 10 * MINUTE_MS

/** One-time codes in the state store. */
export class OtpStore {
  readonly #deps: OtpStoreDependencies

  constructor(deps: OtpStoreDependencies) {
    this.#deps = deps
  }

  /** The unspent code of a target that fulfils the condition, or null. */
  async read(targetId: string, isMatch: (record: OtpRecord) => boolean): Promise<StoredOtp | null> {
    const [text] = await this.#deps.store.get([toKey(targetId)])
    const record = text ? readOtpRecord(text) : null
    return text && record && !record.spent && isMatch(record) ? { record, text } : null
  }

  /** Stores a code; it replaces the previous code of the target. */
  async write(targetId: string, record: OtpRecord): Promise<void> {
    await this.#deps.store.set(toKey(targetId), writeOtpRecord(record), this.#computeTtl(record))
  }

  /** Marks a code as spent. Of concurrent callers exactly one gets true. */
  async markSpent(targetId: string, { record, text }: StoredOtp): Promise<boolean> {
    return this.#replace(targetId, record, text, toSpentText(record))
  }

  /** Makes a spent code valid again. */
  async restore(targetId: string, { record, text }: StoredOtp): Promise<void> {
    await this.#replace(targetId, record, toSpentText(record), text)
  }

  async #replace(targetId: string, record: OtpRecord, expected: string, next: string): Promise<boolean> {
    const ttl = this.#computeTtl(record)
    return ttl > 0 && this.#deps.store.compareAndSet(toKey(targetId), expected, next, ttl)
  }

  #computeTtl({ expiresAt, linkExpiresAt }: OtpRecord): number {
    return Math.max(expiresAt, linkExpiresAt) + OTP_RETENTION_MS - this.#deps.now()
  }
}

function toSpentText(record: OtpRecord): string {
  return writeOtpRecord({ ...record, spent: true })
}

function toKey(targetId: string): string {
  return `otp:${targetId}`
}
