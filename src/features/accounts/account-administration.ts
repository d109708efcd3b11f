import type { AccountChanges } from '../../ports/account-changes.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Sessions } from '../../ports/sessions.ts'
import type { User, Users, UserSelection } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { SecondFactorService } from '../mfa/second-factor-service.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import { toRecipient } from '../notifications/notification.ts'
import type { SessionRecords } from '../sessions/session-records.ts'
import { AdministrationError, findAccount } from './account-lookup.ts'

/** Dependencies of the administration. */
export interface AdministrationDependencies {
  readonly users: Users
  readonly sessionRows: Sessions
  readonly accountChanges: AccountChanges
  readonly secondFactors: SecondFactorService
  readonly records: SessionRecords
  readonly notifications: NotificationService
  readonly audit: AuditService
  readonly now: Clock
  /** Names of the roles that an account can have. */
  readonly roles: readonly string[]
}

/** What an operator sees of an account: contacts in full, no secret and no hash. */
export interface AccountReport extends Omit<User, 'securityStamp'> {
  /** When the authenticator app was confirmed; null: sign-ins require no second factor. */
  readonly secondFactorSince: Date | null
  /** Number of active sessions. */
  readonly sessions: number
}

/** Who removes a second factor, and why. Both are recorded. */
export interface OperatorReason {
  readonly actor: string
  readonly reason: string
}

/**
 * Account administration for operators. Changes take effect at the next request of the account, on every
 * node. Every method takes an e-mail address, a phone number or an id, and throws an `AdministrationError`
 * when it names no account.
 */
export class AccountAdministration {
  readonly #deps: AdministrationDependencies

  constructor(deps: AdministrationDependencies) {
    this.#deps = deps
  }

  /** The newest accounts that were created before a time; of one status, or of any (null). */
  list(selection: UserSelection): Promise<User[]> {
    return this.#deps.users.listNewest(selection)
  }

  /** The account with the state of its sign-in. */
  async show(account: string): Promise<AccountReport> {
    const { users, sessionRows, secondFactors, now } = this.#deps
    const { securityStamp: _, ...user } = await findAccount(users, account)
    const [factor, sessions] = await Promise.all([
      secondFactors.find(user.id),
      sessionRows.listActive(user.id, new Date(now())),
    ])
    const secondFactorSince = factor?.confirmedAt ?? null
    return { ...user, secondFactorSince, sessions: sessions.length }
  }

  /** Suspends an account and revokes its sessions. */
  async suspend(account: string): Promise<void> {
    const { users, records, audit } = this.#deps
    const user = await findAccount(users, account)
    const { revoked, ended } = await users.suspend(user.id, records.createRevocationTimes())
    await records.end(ended)
    audit.record('user_status_changed', { userId: user.id, reason: 'SUSPENDED', count: revoked.length }, null)
  }

  /**
   * Lifts the suspension of an account. It is PENDING then if none of its contacts was ever verified. The
   * account.
   */
  async reinstate(account: string): Promise<User> {
    const { users, audit, now } = this.#deps
    const { id } = await findAccount(users, account)
    const user = await users.reinstate(id, new Date(now()))
    if (!user) throw new AdministrationError(`No account has the id ${id}.`)
    audit.record('user_status_changed', { userId: id, reason: user.status }, null)
    return user
  }

  /**
   * Replaces the roles of an account; repeated names count once. Throws an `AdministrationError` for a role
   * that is not declared.
   */
  async setRoles(account: string, names: readonly string[]): Promise<void> {
    const { users, records, audit, now, roles: declared } = this.#deps
    const roles = [...new Set(names)]
    const unknown = roles.filter((role) => !declared.includes(role))
    if (unknown.length > 0)
      throw new AdministrationError(
        `Unknown role: ${unknown.join(' ')}. The setting ROLES declares ${declared.join(', ')}.`,
      )
    const user = await findAccount(users, account)
    const activeSessions = await users.setRoles(user.id, roles, new Date(now()))
    await records.renew(activeSessions)
    audit.record('user_roles_changed', { userId: user.id, reason: roles.join(' ') }, null)
  }

  /**
   * Removes the second factor of an owner who has lost it, ends the sessions and notifies the owner. Throws
   * an `AdministrationError` for an account without a second factor.
   */
  async resetSecondFactor(account: string, { actor, reason }: OperatorReason): Promise<void> {
    const { users, accountChanges, records, audit, notifications } = this.#deps
    const user = await findAccount(users, account)
    const revocation = await accountChanges.resetSecondFactor(user.id, records.createRevocationTimes())
    if (!revocation) throw new AdministrationError('The account has no second factor.')
    const facts = { userId: user.id, reason: `${actor}: ${reason}`, count: revocation.revoked.length }
    audit.record('authn_mfa_reset', facts, null)
    await notifications.send(toRecipient(user), { kind: 'second-factor-reset' })
    await records.end(revocation.ended)
  }
}
