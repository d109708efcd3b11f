import type { AuditEvent, AuditEvents } from '../../ports/audit-events.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'

/** What the trail needs. The times in milliseconds and the numbers have their defaults below; tests make them small. */
export interface AuditTrailDependencies {
  readonly events: AuditEvents
  readonly log: Log
  readonly now: Clock
  /** How long an event is kept: `AUDIT_DAYS`. */
  readonly keepMs: number
  readonly maxWaiting?: number
  readonly pauseMs?: number
  readonly retryMs?: number
  readonly sweepMs?: number
}

/** Events that wait for SQL at most: some megabytes, and minutes of a busy gateway without its database. */
const MAX_WAITING = 10_000
/** How long the first event of a batch waits for company. */
const PAUSE_MS = 200
/** How long after a failure it is tried again. */
const RETRY_MS = 1000
/** Events in one statement; ten parameters each, of the 32,766 that SQLite takes. */
const BATCH = 200
/** How often old events are looked for; at once again while there are more than one sweep takes. */
const SWEEP_MS = 10 * 60_000
/** Rows removed in one sweep at most, so that none holds the write lock for long. */
const SWEEP_ROWS = 1000
/** Attempts at a last batch before the process goes; each is over within a second. */
const LAST_ATTEMPTS = 3

/**
 * Hands events to SQL without making any request wait or fail: they are queued here, and written many at a time shortly after.
 * What SQL cannot take is kept and tried again; what does not fit any more is counted and told to the log, which has had every
 * event already. A process that is killed loses the events of the last moment from SQL, never from the log.
 */
export class AuditTrail {
  readonly #deps: Required<AuditTrailDependencies>
  readonly #waiting: AuditEvent[] = []
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> | null = null
  #sweeper: NodeJS.Timeout | null
  #dropped = 0
  #closed = false

  constructor(deps: AuditTrailDependencies) {
    const defaults = { maxWaiting: MAX_WAITING, pauseMs: PAUSE_MS, retryMs: RETRY_MS, sweepMs: SWEEP_MS }
    this.#deps = { ...defaults, ...deps }
    this.#sweeper = this.#after(this.#deps.sweepMs, () => this.#sweep())
  }

  /** Takes an event on its way to SQL. Never waits, never throws. */
  add(event: AuditEvent): void {
    if (this.#waiting.length >= this.#deps.maxWaiting) this.#dropped += 1
    else this.#waiting.push(event)
    this.#schedule(this.#deps.pauseMs)
  }

  /** Stops sweeping and writes what waits; resolves in any case, a few seconds later at most. */
  async drain(): Promise<void> {
    this.#closed = true
    for (const timer of [this.#sweeper, this.#timer]) if (timer) clearTimeout(timer)
    await this.#writing
    for (let attempt = 0; attempt < LAST_ATTEMPTS && this.#waiting.length > 0; attempt += 1)
      await this.#write()
    const lost = this.#waiting.length + this.#dropped
    if (lost > 0)
      this.#deps.log.error({ lost }, 'security events did not reach the database; the log has them')
  }

  #schedule(delayMs: number): void {
    if (this.#closed || this.#timer || this.#writing) return
    this.#timer = this.#after(delayMs, () => {
      this.#timer = null
      this.#writing = this.#write().then((written) => {
        this.#writing = null
        if (this.#waiting.length > 0) this.#schedule(written ? this.#deps.pauseMs : this.#deps.retryMs)
      })
    })
  }

  /** Writes what waits now, batch after batch; what comes meanwhile waits for company. False when the database failed. */
  async #write(): Promise<boolean> {
    try {
      for (let left = this.#waiting.length; left > 0; left -= BATCH) {
        const batch = this.#waiting.slice(0, Math.min(left, BATCH))
        await this.#deps.events.append(batch)
        this.#waiting.splice(0, batch.length)
      }
      this.#tellDropped()
      return true
    } catch (err) {
      this.#deps.log.warn({ err, waiting: this.#waiting.length }, 'security events wait for the database')
      return false
    }
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return
    this.#deps.log.error({ lost: this.#dropped }, 'security events did not fit the queue; the log has them')
    this.#dropped = 0
  }

  async #sweep(): Promise<void> {
    const { events, log, now, keepMs, sweepMs } = this.#deps
    let more = false
    try {
      more = (await events.removeBefore(new Date(now() - keepMs), SWEEP_ROWS)) === SWEEP_ROWS
    } catch (err) {
      log.warn({ err }, 'old security events could not be removed')
    }
    if (!this.#closed)
      this.#sweeper = this.#after(more ? Math.min(1000, sweepMs) : sweepMs, () => this.#sweep())
  }

  /** A timer that does not keep the process alive. */
  #after(ms: number, work: () => unknown): NodeJS.Timeout {
    return setTimeout(() => void work(), ms).unref()
  }
}
