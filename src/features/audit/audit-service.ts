import type { ClientFacts } from '../../core/caller.ts'
import { maskIpAddress } from '../../core/contact.ts'
import type { Log } from '../../ports/log.ts'

/** A security fact worth keeping; names follow the OWASP Logging Vocabulary where it has one. */
export type AuditEventName =
  | 'user_created'
  | 'user_registration_taken'
  | 'user_status_changed'
  | 'user_roles_changed'
  | 'authn_otp_sent'
  | 'authn_otp_fail'
  | 'authn_login_success'
  | 'authn_login_fail'
  | 'authn_token_created'
  | 'authn_token_rotated'
  | 'authn_token_repeated'
  | 'token.refresh.reused'
  | 'authn_token_revoked'

/** Whom and what the fact is about. Never an address, a code, a password or a token. */
export interface AuditFacts {
  readonly userId?: string | undefined
  readonly sessionId?: string | undefined
  readonly reason?: string | undefined
  readonly count?: number | undefined
}

/** Writes one structured log entry for each security fact. */
export class AuditService {
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  /** Records the fact with the request it came from; null for a fact without a request. */
  record(event: AuditEventName, facts: AuditFacts, client: ClientFacts | null): void {
    const origin = client && {
      requestId: client.requestId,
      ipAddress: client.ipAddress === null ? null : maskIpAddress(client.ipAddress),
    }
    this.#log.info({ event, ...facts, ...origin }, 'security event')
  }
}
