import { MINUTE_MS } from '../../core/duration.ts'
import type { AuditEvent } from '../../ports/audit-events.ts'

/** How long equal anonymous events are summed, in milliseconds. */
export const SUM_WINDOW_MS = MINUTE_MS
/** Most networks whose events are summed apart; the events of further ones are summed without a network. */
const MAX_SUMS = 1000

interface Sum {
  readonly windowEnds: number
  /** The events after the first one, as one event; null while there are none. */
  rest: AuditEvent | null
}

/**
 * Sums the events of anonymous requests, so that a flood of refused requests writes a few rows. The first
 * event of a kind from a network is written at once; the equal ones of the following minute are one event
 * with their number. Events of an account, of a service client and of the gateway itself are never summed.
 */
export class AnonymousSums {
  readonly #sums = new Map<string, Sum>()

  /** Adds an event to the sum of its kind. False for an event that must be written by itself. */
  absorb(event: AuditEvent, now: number): boolean {
    if (event.userId !== null || event.clientId !== null || event.requestId === null) return false
    const { sum, isNew, network } = this.#findSum(event, now)
    if (isNew) return false
    const count = (sum.rest?.count ?? 0) + (event.count ?? 1)
    const first = sum.rest ?? { ...event, sessionId: null, requestId: null, ipAddress: network }
    sum.rest = { ...first, count }
    return true
  }

  /** Removes the sums whose minute is over and returns their events. `now` of infinity: all of them. */
  take(now: number): AuditEvent[] {
    const due = [...this.#sums].filter(([, { windowEnds }]) => windowEnds <= now)
    for (const [key] of due) this.#sums.delete(key)
    return due.flatMap(([, { rest }]) => (rest ? [rest] : []))
  }

  /** Whether there are sums to be taken later. */
  get isEmpty(): boolean {
    return this.#sums.size === 0
  }

  #findSum({ event, reason, ipAddress }: AuditEvent, now: number) {
    const isFull = this.#sums.size >= MAX_SUMS
    const own = `${event} ${reason} ${ipAddress}`
    const key = isFull && !this.#sums.has(own) ? `${event} ${reason}` : own
    const found = this.#sums.get(key)
    const sum = found ?? { windowEnds: now + SUM_WINDOW_MS, rest: null }
    this.#sums.set(key, sum)
    return { sum, isNew: !found, network: key === own ? ipAddress : null }
  }
}
