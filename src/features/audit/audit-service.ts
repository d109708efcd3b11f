import type { Caller, ClientFacts, SignedInCaller } from '../../core/caller.ts'
import { readSlice, type ConnectionArguments, type Slice } from '../../core/connection.ts'
import { maskIpAddress } from '../../core/contact.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { AuditEvent, AuditEvents } from '../../ports/audit-events.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { AuditEventName } from './audit-event-names.ts'
import type { AuditTrail } from './audit-trail.ts'

/** Whom and what the fact is about. Never an address, a code, a password or a token. */
export interface AuditFacts {
  readonly userId?: string | undefined
  readonly sessionId?: string | undefined
  /** A word of ours, never one that somebody typed. */
  readonly reason?: string | undefined
  readonly count?: number | undefined
  /** The service that asked, once it has shown who it is. */
  readonly clientId?: string | undefined
}

/** A refusal of a request; `field`: of the schema, `count`: how often in the request. */
export interface RefusedRequest {
  readonly code: 'RATE_LIMITED' | 'FORBIDDEN' | 'NOT_FOUND'
  readonly field: string
  readonly count: number
  readonly caller: Caller
}

/** What the audit needs. */
export interface AuditDependencies {
  readonly log: Logger
  readonly trail: AuditTrail
  readonly events: AuditEvents
  readonly random: Random
  readonly now: Clock
}

/** Keeps security facts: each is one structured log entry at once, and one row of SQL shortly after. */
export class AuditService {
  readonly #deps: AuditDependencies
  #last = { at: 0, order: 0 }

  constructor(deps: AuditDependencies) {
    this.#deps = deps
  }

  /** Records the fact with the request it came from; null for a fact without a request. Never waits, never throws. */
  record(event: AuditEventName, facts: AuditFacts, client: ClientFacts | null): void {
    const { log, trail, now } = this.#deps
    const origin = client && {
      requestId: client.requestId,
      ipAddress: client.ipAddress === null ? null : maskIpAddress(client.ipAddress),
    }
    log.info({ event, ...facts, ...origin }, 'security event')
    const at = now()
    trail.add({
      id: this.#newId(at),
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

  /** Records that a request was refused: over a limit, or after what is not the caller's. */
  refused({ code, field, count, caller }: RefusedRequest): void {
    const { userId, sessionId } = caller.kind === 'signed-in' ? caller : {}
    const who = { userId, sessionId, count }
    if (code === 'RATE_LIMITED')
      this.record('excess_rate_limit_exceeded', { ...who, reason: field }, caller.client)
    else this.record('authz_fail', { ...who, reason: `${code} ${field}` }, caller.client)
  }

  /** A page of what was recorded about the caller's account, newest first. Throws `BAD_USER_INPUT`. */
  list(caller: SignedInCaller, page: ConnectionArguments): Promise<Slice<AuditEvent>> {
    return readSlice(page, 'descending', (rows) => this.#deps.events.list(caller.userId, rows))
  }

  /** Rises within a millisecond, so that the facts of one request keep their order; tells nobody how many facts there are. */
  #newId(at: number): string {
    this.#last = { at, order: at === this.#last.at ? this.#last.order + 1 : 0 }
    return `${this.#last.order.toString(36).padStart(4, '0')}${newId(this.#deps.random)}`
  }
}
