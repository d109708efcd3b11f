import { z } from 'zod'
import { toLimitKey, type Contact } from '../../core/channel.ts'
import { rateLimited, unavailable, type AuthError } from '../../core/errors.ts'
import type { Limit } from '../../core/limit.ts'
import { keyedHash } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { LIMITS } from '../limits/limits.ts'

/** Dependencies of the send limiter. */
export interface OtpSendLimiterDependencies {
  readonly store: StateStore
  /** Keys contain a MAC of the destination. */
  readonly hashKey: Buffer
  /** `RATE_LIMIT_SCALE`. */
  readonly scale: number
  readonly now: Clock
  /** Called with the name of the limit for every message that is not admitted. */
  readonly onReached: (limit: string) => void
}

/** The wait that a limit imposes on the next message. */
interface Wait {
  /** Name of the limit. */
  readonly name: string
  readonly limit: number
  readonly resetsInMs: number
  /** `RESEND_PAUSE`: the last message was sent less than a minute ago. */
  readonly reason?: 'RESEND_PAUSE'
}

/** Permission to send one message. */
export interface SendPermit {
  /** Seconds until the next message can be requested. */
  readonly resendAvailableIn: number
}

/** The limits of a requester: those that count all messages to the destination, and those of its own. */
interface RequesterLimits {
  readonly all: readonly Limit[]
  readonly own: readonly Limit[]
}

const TOTALS: readonly Limit[] = [LIMITS.otpHourlyInAll, LIMITS.otpDailyInAll]
/** Strangers are all counted together. */
const STRANGER_LIMITS: RequesterLimits = {
  all: [LIMITS.otpResend, ...TOTALS],
  own: [LIMITS.otpResends, LIMITS.otpHourly, LIMITS.otpDaily],
}
/** A message that a stranger has just requested does not make a known device wait. */
const DEVICE_LIMITS: RequesterLimits = {
  all: TOTALS,
  own: [LIMITS.otpResend, LIMITS.otpHourlyOnDevice, LIMITS.otpDailyOnDevice],
}
/** How long a message is counted: the longest window of the limits. */
const RETENTION_MS = LIMITS.otpDaily.windowMs

/** The time of each message; with the name of the device for a known one. */
const schema = z.array(z.union([z.number(), z.tuple([z.number(), z.string()])]))

/** A message that was requested. */
interface SentMessage {
  readonly at: number
  /** Null for a stranger. */
  readonly device: string | null
}

/**
 * Maximum attempts to count a message. Each failed attempt means that another message was counted, which the
 * limits bound.
 */
const MAX_ATTEMPTS = 1000

/**
 * Limits the messages to a destination under all limits in one step: a refused request uses up none of them,
 * so the time that it returns is correct. Strangers cannot use up all of the limits: a device that has signed
 * in to the account before has a share of its own. The store holds the times of the messages of the last day;
 * the windows slide, and a clock that moves backwards lengthens none of them.
 */
export class OtpSendLimiter {
  readonly #deps: OtpSendLimiterDependencies

  constructor(deps: OtpSendLimiterDependencies) {
    this.#deps = deps
  }

  /**
   * Counts a message before any other work, whether or not there is an account. `device`: the name of a known
   * device; null for a stranger. Throws `RATE_LIMITED`.
   */
  async admit(contact: Contact, device: string | null): Promise<SendPermit> {
    const { store, now } = this.#deps
    const key = this.#toKey(contact)
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const [text = null] = await store.get([key])
      const at = now()
      const sent = readMessages(text, at)
      const refusal = this.#findWait(sent, device, at)
      if (refusal) throw this.#reject(refusal, at)
      const next = [...sent, { at, device }]
      if (await this.#replace(key, text, next))
        return { resendAvailableIn: Math.ceil((this.#findWait(next, device, at)?.resetsInMs ?? 0) / 1000) }
    }
    throw unavailable(new Error('a message could not be counted: too many concurrent requests'))
  }

  #reject(wait: Wait, at: number): AuthError {
    this.#deps.onReached(wait.name)
    return rateLimited({ ...wait, resetAt: new Date(at + wait.resetsInMs) })
  }

  /**
   * Ends the pause after the last message, because its code was used: the message counts as one that was
   * sent a minute ago, so the limits of longer windows still include it. Throws `SERVICE_UNAVAILABLE`.
   */
  async endPause(contact: Contact): Promise<void> {
    const key = this.#toKey(contact)
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const [text = null] = await this.#deps.store.get([key])
      const at = this.#deps.now()
      const sent = readMessages(text, at)
      const latest = at - LIMITS.otpResend.windowMs
      if (text === null || sent.every((message) => message.at <= latest)) return
      const next = sent.map((message) => ({ ...message, at: Math.min(message.at, latest) }))
      if (await this.#replace(key, text, next)) return
    }
  }

  #toKey(contact: Contact): string {
    return `messages:${keyedHash(this.#deps.hashKey, 'messages', contact.channel, toLimitKey(contact))}`
  }

  #replace(key: string, previous: string | null, messages: readonly SentMessage[]): Promise<boolean> {
    const { store } = this.#deps
    const next = writeMessages(messages)
    return previous === null
      ? store.set(key, next, RETENTION_MS, { ifAbsent: true })
      : store.compareAndSet(key, previous, next, RETENTION_MS)
  }

  /** The longest wait that a limit imposes on the next message; null when it can be sent now. */
  #findWait(sent: readonly SentMessage[], device: string | null, at: number): Wait | null {
    const sameDevice = sent.filter((message) => message.device === device)
    const { all, own } = device === null ? STRANGER_LIMITS : DEVICE_LIMITS
    const waits = [
      ...all.map((limit) => this.#computeWait(limit, sent, at)),
      ...own.map((limit) => this.#computeWait(limit, sameDevice, at)),
    ]
    const longest = waits.reduce((most, wait) => (wait.resetsInMs > most.resetsInMs ? wait : most))
    return longest.resetsInMs > 0 ? longest : null
  }

  #computeWait({ name, max, windowMs }: Limit, counted: readonly SentMessage[], at: number): Wait {
    const limit = max * this.#deps.scale
    // The message that must leave the window first: the later ones fill the window.
    const blocking = counted[counted.length - limit]
    const wait = { name, limit, resetsInMs: blocking === undefined ? 0 : blocking.at + windowMs - at }
    return name === LIMITS.otpResend.name ? { ...wait, reason: 'RESEND_PAUSE' } : wait
  }
}

/**
 * The messages of the last day, oldest first. Times later than now, written under another clock, become now.
 */
function readMessages(text: string | null, at: number): SentMessage[] {
  if (text === null) return []
  const messages = schema.parse(JSON.parse(text)).map((message): SentMessage => {
    const [time, device] = typeof message === 'number' ? [message, null] : message
    return { at: Math.min(time, at), device }
  })
  return messages.filter((message) => message.at > at - RETENTION_MS)
}

function writeMessages(messages: readonly SentMessage[]): string {
  return JSON.stringify(messages.map(({ at, device }) => (device === null ? at : [at, device])))
}
