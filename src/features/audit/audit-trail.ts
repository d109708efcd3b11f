import { MINUTE_MS } from '../../core/duration.ts'
import type { AuditEvent, AuditEvents } from '../../ports/audit-events.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import { AnonymousSums, SUM_WINDOW_MS } from './anonymous-sums.ts'

/** Dependencies of the trail. The optional numbers have the defaults below; tests use smaller ones. */
export interface AuditTrailDependencies {
  readonly events: AuditEvents
  readonly log: Logger
  readonly now: Clock
  /** How long events are kept, in milliseconds: `AUDIT_DAYS`. */
  readonly keepMs: number
  readonly maxQueued?: number
  readonly batchDelayMs?: number
  readonly retryMs?: number
  readonly sweepMs?: number
  readonly sumMs?: number
}

/** Maximum number of queued events: some megabytes, and minutes of a busy gateway without its database. */
const MAX_QUEUED = 10_000
/** How long the first event of a batch waits for others, in milliseconds. */
const BATCH_DELAY_MS = 200
/** Delay of a retry after a failure, in milliseconds. */
const RETRY_MS = 1000
/** Events in one statement, with ten parameters each: SQLite allows 32,766 parameters. */
const BATCH_SIZE = 200
/** How often old events are removed, in milliseconds. */
const SWEEP_MS = 10 * MINUTE_MS
/** Maximum number of rows that one sweep removes, so that it does not hold the write lock for long. */
const SWEEP_ROWS = 1000
/** Delay of the next sweep when there are more old events, in milliseconds. */
const NEXT_SWEEP_MS = 1000
/** Attempts to write the queue at shutdown; each ends within a second. */
const DRAIN_ATTEMPTS = 3

/**
 * Writes events to the database without delaying or failing a request: events are queued, and written in
 * batches shortly after. Events that the database does not accept stay queued and are retried; events that do
 * not fit into the queue are counted and reported to the log, which has every event already. Equal events of
 * anonymous requests are summed (`AnonymousSums`). A process that is killed loses the last events from the
 * database, never from the log.
 */
export class AuditTrail {
  readonly #deps: Required<AuditTrailDependencies>
  readonly #queue: AuditEvent[] = []
  readonly #sums = new AnonymousSums()
  #sumTimer: NodeJS.Timeout | null = null
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> | null = null
  #sweeper: NodeJS.Timeout | null
  #dropped = 0
  #closed = false

  constructor(deps: AuditTrailDependencies) {
    const defaults = {
      maxQueued: MAX_QUEUED,
      batchDelayMs: BATCH_DELAY_MS,
      retryMs: RETRY_MS,
      sweepMs: SWEEP_MS,
      sumMs: SUM_WINDOW_MS,
    }
    this.#deps = { ...defaults, ...deps }
    this.#sweeper = this.#after(this.#deps.sweepMs, () => this.#sweep())
  }

  /** Queues an event, or adds it to a sum. Never waits, never throws. */
  add(event: AuditEvent): void {
    const isSummed = this.#sums.absorb(event, performance.now())
    if (!this.#sums.isEmpty && !this.#closed)
      this.#sumTimer ??= this.#after(this.#deps.sumMs, () => this.#queueSums())
    if (!isSummed) this.#enqueue(event)
  }

  #queueSums(): void {
    this.#sumTimer = null
    this.#sums.take(performance.now()).forEach((sum) => this.#enqueue(sum))
    if (!this.#sums.isEmpty) this.#sumTimer = this.#after(this.#deps.sumMs, () => this.#queueSums())
  }

  #enqueue(event: AuditEvent): void {
    if (this.#queue.length >= this.#deps.maxQueued) this.#dropped += 1
    else this.#queue.push(event)
    this.#schedule(this.#deps.batchDelayMs)
  }

  /** Stops sweeping and writes the queue; always resolves, after a few seconds at most. */
  async drain(): Promise<void> {
    this.#closed = true
    for (const timer of [this.#sweeper, this.#timer, this.#sumTimer]) if (timer) clearTimeout(timer)
    this.#sums.take(Infinity).forEach((sum) => this.#enqueue(sum))
    await this.#writing
    for (let attempt = 0; attempt < DRAIN_ATTEMPTS && this.#queue.length > 0; attempt += 1)
      await this.#write()
    const lost = this.#queue.length + this.#dropped
    if (lost > 0) this.#logLost(lost)
  }

  #schedule(delayMs: number): void {
    if (this.#closed || this.#timer || this.#writing) return
    this.#timer = this.#after(delayMs, () => {
      this.#timer = null
      this.#writing = this.#write().then((isWritten) => {
        this.#writing = null
        if (this.#queue.length > 0) this.#schedule(isWritten ? this.#deps.batchDelayMs : this.#deps.retryMs)
      })
    })
  }

  /** Writes the events that are queued now, batch by batch. False when the database failed. */
  async #write(): Promise<boolean> {
    const { events, log } = this.#deps
    try {
      for (let left = this.#queue.length; left > 0; left -= BATCH_SIZE) {
        const batch = this.#queue.slice(0, Math.min(left, BATCH_SIZE))
        await events.append(batch)
        this.#queue.splice(0, batch.length)
      }
      this.#reportDropped()
      return true
    } catch (err) {
      const facts = { event: 'audit.write_failed', err, waiting: this.#queue.length }
      log.warn(facts, 'security events wait for the database')
      return false
    }
  }

  #reportDropped(): void {
    if (this.#dropped === 0) return
    this.#logLost(this.#dropped)
    this.#dropped = 0
  }

  #logLost(lost: number): void {
    const facts = { event: 'audit.events_lost', lost }
    this.#deps.log.error(facts, 'security events were not written to the database; the log has them')
  }

  async #sweep(): Promise<void> {
    const { events, log, now, keepMs, sweepMs } = this.#deps
    let hasMore = false
    try {
      hasMore = (await events.removeBefore(new Date(now() - keepMs), SWEEP_ROWS)) === SWEEP_ROWS
    } catch (err) {
      log.warn({ event: 'audit.sweep_failed', err }, 'could not remove old security events')
    }
    const delayMs = hasMore ? Math.min(NEXT_SWEEP_MS, sweepMs) : sweepMs
    if (!this.#closed) this.#sweeper = this.#after(delayMs, () => this.#sweep())
  }

  /** A timer that does not keep the process alive. */
  #after(ms: number, work: () => unknown): NodeJS.Timeout {
    return setTimeout(() => void work(), ms).unref()
  }
}
