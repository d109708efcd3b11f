import type { Caller, ClientFacts, SignedInCaller } from '../../core/caller.ts'
import { readSlice, type ConnectionArguments, type Slice } from '../../core/connection.ts'
import { maskIpAddress } from '../../core/contact.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { AuditEvent, AuditEvents } from '../../ports/audit-events.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { AuditEventName } from './audit-event-names.ts'
import type { AuditTrail } from './audit-trail.ts'
import { countEvent, createEventSeries } from './event-counters.ts'

/** The facts of a security event. They must never hold an address, a code, a password or a token. */
export interface AuditFacts {
  readonly userId?: string | undefined
  readonly sessionId?: string | undefined
  /** A fixed word, never user input. */
  readonly reason?: string | undefined
  readonly count?: number | undefined
  /** The authenticated client service that made the request. */
  readonly clientId?: string | undefined
}

/** A rejected request. `field`: of the schema; `count`: how often in the request. */
export interface RefusedRequest {
  readonly code: 'RATE_LIMITED' | 'FORBIDDEN' | 'NOT_FOUND'
  readonly field: string
  readonly count: number
  readonly caller: Caller
}

/** Dependencies of the audit service. */
export interface AuditDependencies {
  readonly log: Logger
  readonly trail: AuditTrail
  readonly events: AuditEvents
  readonly metrics: Pick<Metrics, 'count'>
  readonly random: Random
  readonly now: Clock
}

/** Records security events: each is logged and counted at once, and written to the database shortly after. */
export class AuditService {
  readonly #deps: AuditDependencies
  #last = { at: 0, order: 0 }

  constructor(deps: AuditDependencies) {
    this.#deps = deps
    createEventSeries(deps.metrics)
  }

  /**
   * Records an event. `client`: the origin of the request; null for an event without one. Never waits, never
   * throws.
   */
  record(event: AuditEventName, facts: AuditFacts, client: ClientFacts | null): void {
    const { log, trail, metrics, now } = this.#deps
    const origin = client && {
      requestId: client.requestId,
      ipAddress: client.ipAddress === null ? null : maskIpAddress(client.ipAddress),
    }
    const entry = { event, ...facts, ...origin }
    if (log.audit) log.audit(entry, 'security event')
    else log.info(entry, 'security event')
    countEvent(metrics, event, facts)
    const at = now()
    trail.add({
      id: this.#createId(at),
      at: new Date(at),
      event,
      userId: facts.userId ?? null,
      sessionId: facts.sessionId ?? null,
      ipAddress: origin?.ipAddress ?? null,
      requestId: origin?.requestId ?? null,
      reason: facts.reason ?? null,
      count: facts.count ?? null,
      clientId: facts.clientId ?? null,
    })
  }

  /** Records a rejected request: rate limited, or for an object that the caller may not access. */
  refused({ code, field, count, caller }: RefusedRequest): void {
    const facts = { ...identify(caller), count }
    if (code === 'RATE_LIMITED')
      this.record('excess_rate_limit_exceeded', { ...facts, reason: field }, caller.client)
    else this.record('authz_fail', { ...facts, reason: `${code} ${field}` }, caller.client)
  }

  /** A page of the events of the caller's account, newest first. Throws `BAD_USER_INPUT`. */
  list(caller: SignedInCaller, page: ConnectionArguments): Promise<Slice<AuditEvent>> {
    return readSlice(page, 'descending', (rows) => this.#deps.events.list(caller.userId, rows))
  }

  /**
   * Ids rise within a millisecond, so that the events of one request keep their order; they do not reveal the
   * total number.
   */
  #createId(at: number): string {
    this.#last = { at, order: at === this.#last.at ? this.#last.order + 1 : 0 }
    return `${this.#last.order.toString(36).padStart(4, '0')}${newId(this.#deps.random)}`
  }
}

/** The account of a caller, and its session or API key. */
function identify(caller: Caller): Pick<AuditFacts, 'userId' | 'sessionId'> {
  if (caller.kind === 'signed-in') return { userId: caller.userId, sessionId: caller.sessionId }
  return caller.kind === 'program' ? { userId: caller.userId, sessionId: caller.apiKeyId } : {}
}
