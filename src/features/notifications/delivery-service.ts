import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Outbox } from '../../ports/outbox.ts'
import type { MessageHandler } from './message-handler.ts'

/** What the delivery needs. The times in milliseconds and the number have their defaults below; tests make them small. */
export interface DeliveryDependencies {
  readonly messages: Outbox
  readonly handler: MessageHandler
  readonly random: Random
  readonly now: Clock
  readonly log: Log
  readonly places?: number
  readonly pollMs?: number
  readonly patienceMs?: number
}

/**
 * For how long nobody else takes up what was taken up here: more than all transports together may take, and the difference of
 * two nodes' clocks.
 */
export const LEASE_MS = 60_000
/** Messages under way at a time. */
const PLACES = 10
/** How often messages are looked for that other processes left, half as long again at most. */
const POLL_MS = 5000
/** How long a new message waits at least for the answer to whoever asked for it to go out, and half as long again at most. */
const SOON_MS = 20
/** How long a stop waits for messages under way. */
const PATIENCE_MS = 5000
/** How long a stop goes on taking messages up. */
const LAST_LOOKS_MS = 1000

/**
 * Takes messages up as soon as they are due, so many at a time. A new message of this process is taken up as
 * soon as its request is likely to be answered; what other processes left, or put off, at the next look.
 */
export class DeliveryService {
  readonly #deps: Required<DeliveryDependencies>
  readonly #underWay = new Set<Promise<void>>()
  #asked = false
  #looking: Promise<void> | null = null
  #moreIsDue = false
  #timer: NodeJS.Timeout | undefined
  #soon: NodeJS.Timeout | undefined
  #lastLookAt = Infinity

  constructor(deps: DeliveryDependencies) {
    this.#deps = { places: PLACES, pollMs: POLL_MS, patienceMs: PATIENCE_MS, ...deps }
  }

  /** Begins to look for messages that earlier processes left. */
  start(): void {
    this.#lookAgainIn(this.#deps.random.integer(1000))
  }

  /**
   * Looks for messages shortly: what becomes of a message, which depends on whether there is an account, happens in the time of
   * no answer to whoever asked for it (security statement 77). Never waits, never throws.
   */
  scheduleSoon(): void {
    const { random } = this.#deps
    this.#soon ??= setTimeout(() => this.#scheduleNow(), SOON_MS + random.integer(SOON_MS / 2)).unref()
  }

  #scheduleNow(): void {
    clearTimeout(this.#soon)
    this.#soon = undefined
    this.#asked = true
    this.#looking ??= this.#look().finally(() => (this.#looking = null))
  }

  /** Hands over what is under way and what is due, for a few seconds at most. */
  async drain(): Promise<void> {
    clearTimeout(this.#timer)
    this.#lastLookAt = performance.now() + LAST_LOOKS_MS
    this.#scheduleNow()
    const patience = new AbortController()
    await Promise.race([
      this.#drained(),
      sleep(this.#deps.patienceMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ])
    patience.abort()
    this.#lastLookAt = -Infinity
    if (this.#underWay.size > 0)
      this.#deps.log.warn({ messages: this.#underWay.size }, 'messages were under way at the stop')
  }

  async #drained(): Promise<void> {
    while (this.#looking || this.#underWay.size > 0) await (this.#looking ?? Promise.race(this.#underWay))
  }

  async #look(): Promise<void> {
    const { places, pollMs, random, log } = this.#deps
    try {
      while (this.#asked && performance.now() <= this.#lastLookAt) {
        this.#asked = false
        this.#moreIsDue = true
        while (this.#moreIsDue && this.#underWay.size < places)
          await this.#claim(places - this.#underWay.size)
      }
    } catch (err) {
      log.warn({ err }, 'outgoing messages could not be looked for')
    }
    this.#lookAgainIn(pollMs + random.integer(Math.ceil(pollMs / 2)))
  }

  /** Takes up no more than there are places for: what waits here would use up its lease. */
  async #claim(free: number): Promise<void> {
    const { messages, now } = this.#deps
    const at = now()
    const taken = await messages.claim(new Date(at), new Date(at + LEASE_MS), free)
    this.#moreIsDue = taken.length === free
    for (const message of taken) {
      const handling = this.#deps.handler.handle(message).then((dueInMs) => {
        this.#underWay.delete(handling)
        if (this.#moreIsDue) this.#scheduleNow()
        if (dueInMs !== null && dueInMs < this.#deps.pollMs)
          setTimeout(() => this.#scheduleNow(), dueInMs).unref()
      })
      this.#underWay.add(handling)
    }
  }

  /** Counted anew from each look. The timer does not keep the process alive. */
  #lookAgainIn(ms: number): void {
    clearTimeout(this.#timer)
    if (this.#lastLookAt === Infinity) this.#timer = setTimeout(() => this.#scheduleNow(), ms).unref()
  }
}
