import { z } from 'zod'
import type { Contact } from '../../core/contact.ts'
import { toMailboxKey } from '../../core/email-address.ts'
import { rateLimited, unavailable } from '../../core/errors.ts'
import { keyedHash } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { LIMITS } from '../limits/limits.ts'
import type { Limit } from '../../core/limit.ts'

/** What admission needs. */
export interface MessageAdmissionDependencies {
  readonly store: StateStore
  /** Keys hold a MAC of the destination. */
  readonly hashKey: Buffer
  /** `RATE_LIMIT_SCALE`. */
  readonly scale: number
  readonly now: Clock
}

/** How long another message has to wait, and for what. */
interface Wait {
  readonly limit: number
  readonly resetsInMs: number
}

/** Leave to send one message, and when the next may be asked for. */
export interface Admission {
  /** Seconds. */
  readonly resendAvailableIn: number
}

/** What all of a destination's messages bear together. */
const FOR_ALL: readonly Limit[] = [LIMITS.otpResend, LIMITS.otpHourlyInAll, LIMITS.otpDailyInAll]
/** What those of them bear that strangers asked for. */
const FOR_STRANGERS: readonly Limit[] = [LIMITS.otpResends, LIMITS.otpHourly, LIMITS.otpDaily]
/** What those bear that one known device asked for. */
const FOR_DEVICE: readonly Limit[] = [LIMITS.otpHourlyOnDevice, LIMITS.otpDailyOnDevice]
const DAY_MS = LIMITS.otpDaily.windowMs

/** When a message was asked for; and by which device, where that was a known one. */
const stored = z.array(z.union([z.number(), z.tuple([z.number(), z.string()])]))

interface Message {
  readonly at: number
  /** Null: a stranger. */
  readonly device: string | null
}

/** Each lost race is somebody else's message: the limits end it long before. */
const MOST_RACES = 1000

/**
 * Leave to send to a destination, under all rules in one step: a refusal uses up nothing of any of them, so what it says of the
 * next try is true. Strangers never use up all of it: a device that has signed in to the account before has a part of its own.
 * Kept are the times of the last day's messages; their windows slide, and a clock that steps back lengthens none.
 */
export class OtpSendLimiter {
  readonly #deps: MessageAdmissionDependencies

  constructor(deps: MessageAdmissionDependencies) {
    this.#deps = deps
  }

  /**
   * Takes leave before any work is done, and whether or not anybody is there. `device`: the name of a known one, null for a
   * stranger. Throws `RATE_LIMITED`.
   */
  async admit(contact: Contact, device: string | null): Promise<Admission> {
    const { store, hashKey, now } = this.#deps
    const key = `messages:${keyedHash(hashKey, 'messages', contact.channel, toDestination(contact))}`
    for (let race = 0; race < MOST_RACES; race += 1) {
      const [text = null] = await store.get([key])
      const at = now()
      const sent = sentUntil(at, text)
      const refusal = this.#waitOf(sent, device, at)
      if (refusal) throw rateLimited({ ...refusal, resetAt: new Date(at + refusal.resetsInMs) })
      const next = [...sent, { at, device }]
      const isAdmitted =
        text === null
          ? await store.set(key, written(next), DAY_MS, { ifAbsent: true })
          : await store.compareAndSet(key, text, written(next), DAY_MS)
      if (isAdmitted)
        return { resendAvailableIn: Math.ceil((this.#waitOf(next, device, at)?.resetsInMs ?? 0) / 1000) }
    }
    throw unavailable(new Error('a destination is asked for more often than its limit can be counted'))
  }

  /** The rule that another message has to wait for longest; null where none stands in the way. */
  #waitOf(sent: readonly Message[], device: string | null, at: number): Wait | null {
    const theirs = sent.filter((message) => message.device === device)
    const waits = [
      ...FOR_ALL.map((rule) => this.#waitUnder(rule, sent, at)),
      ...(device === null ? FOR_STRANGERS : FOR_DEVICE).map((rule) => this.#waitUnder(rule, theirs, at)),
    ]
    const longest = waits.reduce((most, wait) => (wait.resetsInMs > most.resetsInMs ? wait : most))
    return longest.resetsInMs > 0 ? longest : null
  }

  #waitUnder({ max, windowMs }: Limit, counted: readonly Message[], at: number): Wait {
    const limit = max * this.#deps.scale
    // The message that has to leave the window first: those after it fill it.
    const blocking = counted[counted.length - limit]
    return { limit, resetsInMs: blocking === undefined ? 0 : blocking.at + windowMs - at }
  }
}

/** What messages are counted by: all addresses of one mailbox share its limits. */
function toDestination({ channel, address }: Contact): string {
  return channel === 'EMAIL' ? toMailboxKey(address) : address
}

/** The last day's, oldest first. None is later than now, whatever a clock said before. */
function sentUntil(at: number, text: string | null): Message[] {
  if (text === null) return []
  const known = stored.parse(JSON.parse(text)).map((message): Message => {
    const [time, device] = typeof message === 'number' ? [message, null] : message
    return { at: Math.min(time, at), device }
  })
  return known.filter((message) => message.at > at - DAY_MS)
}

function written(messages: readonly Message[]): string {
  return JSON.stringify(messages.map(({ at, device }) => (device === null ? at : [at, device])))
}
