import { z } from 'zod'
import type { Contact } from '../../core/contact.ts'
import { rateLimited, unavailable } from '../../core/errors.ts'
import { keyedHash } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { OTP_DAILY, OTP_HOURLY, OTP_RESEND, OTP_RESENDS, type LimitRule } from '../limits/limit-rules.ts'

/** What admission needs. */
export interface MessageAdmissionDependencies {
  readonly store: StateStore
  /** Keys hold a MAC of the destination. */
  readonly hashKey: Buffer
  /** `RATE_LIMIT_SCALE`. */
  readonly scale: number
  readonly now: Clock
}

/** Leave to send one message, and when the next may be asked for. */
export interface Admission {
  /** Seconds. */
  readonly resendAvailableIn: number
}

const RULES: readonly LimitRule[] = [OTP_RESEND, OTP_RESENDS, OTP_HOURLY, OTP_DAILY]
const times = z.array(z.number())
/** Each lost race is somebody else's message: the limits end it long before. */
const MOST_RACES = 1000

/**
 * Leave to send to a destination, under all rules in one step: a refusal uses up nothing of any of them, so what it says of the
 * next try is true. Kept are the times of the last day's messages; their windows slide, and a clock that steps back lengthens none.
 */
export class MessageAdmission {
  readonly #deps: MessageAdmissionDependencies

  constructor(deps: MessageAdmissionDependencies) {
    this.#deps = deps
  }

  /** Takes leave before any work is done, and whether or not anybody is there. Throws `RATE_LIMITED`. */
  async admit({ channel, address }: Contact): Promise<Admission> {
    const { store, hashKey, now } = this.#deps
    const key = `messages:${keyedHash(hashKey, 'messages', channel, address)}`
    for (let race = 0; race < MOST_RACES; race += 1) {
      const [text = null] = await store.get([key])
      const at = now()
      const sent = sentUntil(at, text)
      const refusal = this.#waitOf(sent, at)
      if (refusal) throw rateLimited({ ...refusal, resetAt: new Date(at + refusal.resetsInMs) })
      const next = [...sent, at]
      const written =
        text === null
          ? await store.set(key, JSON.stringify(next), OTP_DAILY.windowMs, { ifAbsent: true })
          : await store.compareAndSet(key, text, JSON.stringify(next), OTP_DAILY.windowMs)
      if (written) return { resendAvailableIn: Math.ceil((this.#waitOf(next, at)?.resetsInMs ?? 0) / 1000) }
    }
    throw unavailable(new Error('a destination is asked for more often than its limit can be counted'))
  }

  /** The rule that another message has to wait for longest; null where none stands in the way. */
  #waitOf(sent: readonly number[], at: number): { limit: number; resetsInMs: number } | null {
    const waits = RULES.map(({ max, windowMs }) => {
      const limit = max * this.#deps.scale
      // The message that has to leave the window first: those after it fill it.
      const blocking = sent[sent.length - limit]
      return { limit, resetsInMs: blocking === undefined ? 0 : blocking + windowMs - at }
    })
    const longest = waits.reduce((most, wait) => (wait.resetsInMs > most.resetsInMs ? wait : most))
    return longest.resetsInMs > 0 ? longest : null
  }
}

/** Times of the last day, oldest first. None is later than now, whatever a clock said before. */
function sentUntil(at: number, text: string | null): number[] {
  if (text === null) return []
  const known = times.parse(JSON.parse(text)).map((time) => Math.min(time, at))
  return known.filter((time) => time > at - OTP_DAILY.windowMs)
}
