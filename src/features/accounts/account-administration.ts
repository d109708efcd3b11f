import { AuthError } from '../../core/errors.ts'
import { emailAddress, parseInput } from '../../core/input.ts'
import type { Clock } from '../../ports/clock.ts'
import type { User, Users, UserStatus } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { SessionRecords } from '../sessions/session-records.ts'

/** Dependencies of the administration. */
export interface AdministrationDependencies {
  readonly users: Users
  readonly records: SessionRecords
  readonly audit: AuditService
  readonly now: Clock
  /** How long the end of a session is recorded, in milliseconds. */
  readonly endedTtlMs: number
}

/**
 * Account administration for operators. Changes take effect at the next request of the account, on every
 * node.
 */
export class AccountAdministration {
  readonly #deps: AdministrationDependencies

  constructor(deps: AdministrationDependencies) {
    this.#deps = deps
  }

  /** Suspends an account and revokes its sessions. Throws `NOT_FOUND` for an unknown address. */
  async suspend(address: string): Promise<void> {
    await this.#setStatus(address, 'SUSPENDED')
  }

  /** Makes a suspended account active again. Throws `NOT_FOUND` for an unknown address. */
  async reinstate(address: string): Promise<void> {
    await this.#setStatus(address, 'ACTIVE')
  }

  /** Replaces the roles of an account. Throws `NOT_FOUND` for an unknown address. */
  async setRoles(address: string, roles: readonly string[]): Promise<void> {
    const { users, records, audit, now } = this.#deps
    const user = await this.#find(address)
    const activeSessions = await users.setRoles(user.id, roles, new Date(now()))
    await records.renew(activeSessions)
    audit.record('user_roles_changed', { userId: user.id, reason: roles.join(' ') }, null)
  }

  async #setStatus(address: string, status: UserStatus): Promise<void> {
    const { users, records, audit, now, endedTtlMs } = this.#deps
    const user = await this.#find(address)
    const at = now()
    const times = { now: new Date(at), endedSince: new Date(at - endedTtlMs) }
    const { revoked, ended } = await users.setStatus(user.id, status, times)
    await records.end(ended)
    audit.record('user_status_changed', { userId: user.id, reason: status, count: revoked.length }, null)
  }

  async #find(address: string): Promise<User> {
    const found = await this.#deps.users.findCredentials(parseInput(emailAddress, address))
    if (!found) throw new AuthError('NOT_FOUND')
    return found.user
  }
}
