import { AuthError } from '../../core/errors.ts'
import { emailAddress, parseInput } from '../../core/input.ts'
import type { Clock } from '../../ports/clock.ts'
import type { User, Users, UserStatus } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { SessionRecords } from '../sessions/session-records.ts'

/** What administration needs. */
export interface AdministrationDependencies {
  readonly users: Users
  readonly records: SessionRecords
  readonly audit: AuditService
  readonly now: Clock
  /** How long the end of a session must be remembered. */
  readonly endedTtlMs: number
}

/** What an operator does to accounts. Everything takes effect at the account's next request, on every node. */
export class AccountAdministration {
  readonly #deps: AdministrationDependencies

  constructor(deps: AdministrationDependencies) {
    this.#deps = deps
  }

  /** Suspends an account: every session of it ends. `NOT_FOUND` for an unknown address. */
  async suspend(address: string): Promise<void> {
    await this.#setStatus(address, 'SUSPENDED')
  }

  /** Lets a suspended account sign in again. */
  async reinstate(address: string): Promise<void> {
    await this.#setStatus(address, 'ACTIVE')
  }

  /** Replaces the roles of an account. */
  async setRoles(address: string, roles: readonly string[]): Promise<void> {
    const { users, records, audit, now } = this.#deps
    const user = await this.#find(address)
    const living = await users.setRoles(user.id, roles, new Date(now()))
    await records.renew(living)
    audit.record('user_roles_changed', { userId: user.id, reason: roles.join(' ') }, null)
  }

  async #setStatus(address: string, status: UserStatus): Promise<void> {
    const { users, records, audit, now, endedTtlMs } = this.#deps
    const user = await this.#find(address)
    const at = now()
    const end = { now: new Date(at), overSince: new Date(at - endedTtlMs) }
    const { ended, over } = await users.setStatus(user.id, status, end)
    await records.end(over)
    audit.record('user_status_changed', { userId: user.id, reason: status, count: ended.length }, null)
  }

  async #find(address: string): Promise<User> {
    const found = await this.#deps.users.findCredentials(parseInput(emailAddress, address))
    if (!found) throw new AuthError('NOT_FOUND')
    return found.user
  }
}
