import { MINUTE_MS } from '../../core/duration.ts'
import { unavailable } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { LIMITS } from '../limits/limits.ts'
import { readOtpRecords, writeOtpRecords, type OtpRecord, type OtpRecords } from './otp-record.ts'

/** Dependencies of the code store. */
export interface OtpStoreDependencies {
  readonly store: StateStore
  readonly now: Clock
}

/** How long an expired code is still distinguished from one that never existed, in milliseconds. */
export const OTP_RETENTION_MS = 10 * MINUTE_MS

/**
 * Codes of one target that are stored at once: as many as are sent to a destination in a day, so that no
 * request of a stranger removes the code of another person.
 */
const MAX_CODES = LIMITS.otpDailyInAll.max

/** Attempts to change the codes of a target. Each failed one means that another change was stored. */
const MAX_ATTEMPTS = 1000

/** One-time codes in the state store. */
export class OtpStore {
  readonly #deps: OtpStoreDependencies

  constructor(deps: OtpStoreDependencies) {
    this.#deps = deps
  }

  /** The codes of a target, newest first, spent and expired ones included. */
  async read(targetId: string): Promise<OtpRecords> {
    const [text] = await this.#deps.store.get([toKey(targetId)])
    return text ? readOtpRecords(text) : []
  }

  /** Stores a code; it replaces the previous code of the same requester for the target. */
  async add(targetId: string, added: OtpRecord): Promise<void> {
    await this.#change(targetId, (records) => {
      const others = records.filter(
        (record) =>
          record.requester !== null && record.requester !== added.requester && this.#isStored(record),
      )
      return [added, ...others.slice(0, MAX_CODES - 1)]
    })
  }

  /** Marks a code as spent. Of concurrent callers exactly one gets true. */
  async markSpent(targetId: string, nonce: string): Promise<boolean> {
    return this.#setSpent(targetId, nonce, true)
  }

  /** Makes a spent code valid again. */
  async restore(targetId: string, nonce: string): Promise<void> {
    await this.#setSpent(targetId, nonce, false)
  }

  #setSpent(targetId: string, nonce: string, spent: boolean): Promise<boolean> {
    return this.#change(targetId, (records) => {
      const isChanged = (record: OtpRecord) => record.nonce === nonce && record.spent !== spent
      if (!records.some((record) => isChanged(record) && this.#isStored(record))) return null
      return records.map((record) => (isChanged(record) ? { ...record, spent } : record))
    })
  }

  /** Changes the codes of a target in one step. False when there is nothing to change. */
  async #change(targetId: string, change: (records: OtpRecords) => OtpRecords | null): Promise<boolean> {
    const { store } = this.#deps
    const key = toKey(targetId)
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const [text = null] = await store.get([key])
      const [newest, ...others] = change(text ? readOtpRecords(text) : []) ?? []
      if (!newest) return false
      const [next, ttl] = [writeOtpRecords([newest, ...others]), this.#computeTtl([newest, ...others])]
      const isStored =
        text === null
          ? await store.set(key, next, ttl, { ifAbsent: true })
          : await store.compareAndSet(key, text, next, ttl)
      if (isStored) return true
    }
    throw unavailable(new Error('a code could not be stored: too many concurrent requests'))
  }

  #isStored(record: OtpRecord): boolean {
    return this.#computeTtl([record]) > 0
  }

  #computeTtl(records: OtpRecords): number {
    const ends = records.map(({ expiresAt, linkExpiresAt }) => Math.max(expiresAt, linkExpiresAt))
    return Math.max(...ends) + OTP_RETENTION_MS - this.#deps.now()
  }
}

function toKey(targetId: string): string {
  return `otp:${targetId}`
}
