import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Outbox } from '../../ports/outbox.ts'
import type { MessageHandler } from './message-handler.ts'

/** Dependencies of the delivery. The optional numbers have the defaults below; tests use smaller ones. */
export interface DeliveryDependencies {
  readonly outbox: Outbox
  readonly handler: MessageHandler
  readonly random: Random
  readonly now: Clock
  readonly log: Logger
  readonly concurrency?: number
  readonly pollMs?: number
  readonly drainTimeoutMs?: number
}

/**
 * How long a claim excludes other nodes, in milliseconds: longer than all transports together may take, plus
 * the clock difference of two nodes.
 */
export const LEASE_MS = 60_000
/** Messages in delivery at a time. */
const CONCURRENCY = 10
/**
 * How often a node polls for messages that other processes left, in milliseconds, plus up to half as long
 * again.
 */
const POLL_MS = 5000
/**
 * Minimum delay between a request and the delivery of its message, in milliseconds, plus up to half as long
 * again.
 */
const SOON_MS = 20
/** How long a drain waits for messages in delivery, in milliseconds. */
const DRAIN_TIMEOUT_MS = 5000
/** How long a drain continues to claim messages, in milliseconds. */
const DRAIN_CLAIM_MS = 1000
/** Upper bound of the delay before the first poll, in milliseconds. */
const FIRST_POLL_MS = 1000

/**
 * Claims due messages and delivers a limited number of them concurrently. A message of this process is
 * claimed shortly after its request; messages of other processes, and rescheduled ones, at the next poll.
 */
export class DeliveryService {
  readonly #deps: Required<DeliveryDependencies>
  readonly #inDelivery = new Set<Promise<void>>()
  #isPollRequested = false
  #polling: Promise<void> | null = null
  #hasMoreDue = false
  #pollTimer: NodeJS.Timeout | undefined
  #soonTimer: NodeJS.Timeout | undefined
  #claimUntil = Infinity

  constructor(deps: DeliveryDependencies) {
    const defaults = { concurrency: CONCURRENCY, pollMs: POLL_MS, drainTimeoutMs: DRAIN_TIMEOUT_MS }
    this.#deps = { ...defaults, ...deps }
  }

  /** Starts to poll for messages that earlier processes left. */
  start(): void {
    this.#pollAfter(this.#deps.random.integer(FIRST_POLL_MS))
  }

  /**
   * Schedules a poll after the response of the current request: how a message is handled depends on whether
   * there is an account, so it must not influence the time of the response (SR-077). Never
   * waits, never throws.
   */
  scheduleSoon(): void {
    const { random } = this.#deps
    this.#soonTimer ??= setTimeout(() => this.#scheduleNow(), SOON_MS + random.integer(SOON_MS / 2)).unref()
  }

  #scheduleNow(): void {
    clearTimeout(this.#soonTimer)
    this.#soonTimer = undefined
    this.#isPollRequested = true
    this.#polling ??= this.#poll().finally(() => (this.#polling = null))
  }

  /** Delivers the messages in delivery and those that are due, for a few seconds at most. */
  async drain(): Promise<void> {
    clearTimeout(this.#pollTimer)
    this.#claimUntil = performance.now() + DRAIN_CLAIM_MS
    this.#scheduleNow()
    const timeout = new AbortController()
    await Promise.race([
      this.#untilIdle(),
      sleep(this.#deps.drainTimeoutMs, undefined, { signal: timeout.signal }).catch(() => undefined),
    ])
    timeout.abort()
    this.#claimUntil = -Infinity
    const messages = this.#inDelivery.size
    if (messages > 0)
      this.#deps.log.warn(
        { event: 'delivery.interrupted', messages },
        'shutdown interrupted message delivery',
      )
  }

  async #untilIdle(): Promise<void> {
    while (this.#polling || this.#inDelivery.size > 0) await (this.#polling ?? Promise.race(this.#inDelivery))
  }

  async #poll(): Promise<void> {
    const { concurrency, pollMs, random, log } = this.#deps
    try {
      while (this.#isPollRequested && performance.now() <= this.#claimUntil) {
        this.#isPollRequested = false
        this.#hasMoreDue = true
        while (this.#hasMoreDue && this.#inDelivery.size < concurrency)
          await this.#claim(concurrency - this.#inDelivery.size)
      }
    } catch (err) {
      log.warn({ event: 'delivery.poll_failed', err }, 'could not read the outbox')
    }
    this.#pollAfter(pollMs + random.integer(Math.ceil(pollMs / 2)))
  }

  /** Claims no more messages than can be delivered at once: a waiting message would use up its lease. */
  async #claim(limit: number): Promise<void> {
    const { outbox, now } = this.#deps
    const at = now()
    const claimed = await outbox.claim(new Date(at), new Date(at + LEASE_MS), limit)
    this.#hasMoreDue = claimed.length === limit
    for (const message of claimed) {
      const delivery = this.#deps.handler.handle(message).then((dueInMs) => {
        this.#inDelivery.delete(delivery)
        if (this.#hasMoreDue) this.#scheduleNow()
        if (dueInMs !== null && dueInMs < this.#deps.pollMs)
          setTimeout(() => this.#scheduleNow(), dueInMs).unref()
      })
      this.#inDelivery.add(delivery)
    }
  }

  /** Replaces the pending poll. The timer does not keep the process alive. */
  #pollAfter(ms: number): void {
    clearTimeout(this.#pollTimer)
    if (this.#claimUntil === Infinity) this.#pollTimer = setTimeout(() => this.#scheduleNow(), ms).unref()
  }
}
