import type { ClientFacts } from '../../core/caller.ts'
import { CHANNEL_NAMES, findVerifiedContact, type Contact } from '../../core/channel.ts'
import { AuthError, isRefusal } from '../../core/errors.ts'
import type { NewAccountChange } from '../../ports/new-account-change.ts'
import type { PasswordHashing } from '../../ports/password-hasher.ts'
import type { SecondFactorProof } from '../../ports/second-factors.ts'
import type { CompletedPasswordReset, RevokedSessions, User, Users } from '../../ports/users.ts'
import { parseSecondFactorCode } from '../mfa/second-factor-codes.ts'
import type { Redemption, SecondFactorService } from '../mfa/second-factor-service.ts'
import type { AccountChangeService } from '../account-changes/account-change-service.ts'
import type { SessionRecords } from '../sessions/session-records.ts'
import type { PasswordPolicy } from './password-policy.ts'
import type { PasswordResetGrants, ResetGrant } from './reset-grants.ts'

/** Dependencies of the reset by grant. */
export interface ResetByGrantDependencies {
  readonly users: Users
  readonly passwordHashing: PasswordHashing
  readonly passwordPolicy: PasswordPolicy
  readonly resetGrants: PasswordResetGrants
  readonly secondFactors: SecondFactorService
  readonly changes: AccountChangeService
  readonly records: SessionRecords
}

/** The input of a reset. */
export interface ResetInput {
  readonly resetToken: string
  readonly newPassword: string
  readonly mfaCode?: string | null | undefined
}

/** A password that was reset. */
export interface CompletedReset {
  readonly user: User
  readonly revocation: RevokedSessions
  readonly grant: ResetGrant
  readonly contact: Contact
  /** The second factor that was spent; null for an account without one. */
  readonly secondFactor: SecondFactorProof | null
  /** Null if the reset cannot be undone. */
  readonly change: NewAccountChange | null
  /** A contact that the reset removed, because it was added recently; null if there was none. */
  readonly removed: Contact | null
}

/**
 * Sets a password by a grant. Where the account has a second factor, its code is spent in the same
 * transaction. Every check that can reject the request comes before the grant is spent.
 */
export class ResetByGrant {
  readonly #deps: ResetByGrantDependencies

  constructor(deps: ResetByGrantDependencies) {
    this.#deps = deps
  }

  /** Throws `BAD_USER_INPUT`, `RESET_TOKEN_INVALID`, `MFA_INVALID` or `RATE_LIMITED`. */
  async reset(
    { resetToken, newPassword, mfaCode }: ResetInput,
    client: ClientFacts,
  ): Promise<CompletedReset> {
    const { resetGrants, passwordPolicy, secondFactors } = this.#deps
    const grant = await resetGrants.find(resetToken)
    const { user, contact } = await this.#findUser(grant)
    const personal = [user.email, user.phone, user.fullName]
    await passwordPolicy.check(newPassword, personal, 'newPassword')
    if (await secondFactors.find(user.id)) {
      const code = parseSecondFactorCode(mfaCode ?? '', 'input', 'mfaCode')
      return secondFactors.authorize(user.id, code, client, (proof) =>
        this.#set(grant, user, contact, newPassword, proof),
      )
    }
    const redemption = await this.#set(grant, user, contact, newPassword, null)
    if (redemption.kind === 'rejected') throw new AuthError('RESET_TOKEN_INVALID')
    return redemption.result
  }

  /** Account and contact of the grant, if it still applies to them. Throws `RESET_TOKEN_INVALID`. */
  async #findUser(grant: ResetGrant): Promise<{ readonly user: User; readonly contact: Contact }> {
    const user = await this.#deps.users.findById(grant.userId)
    const isValid = user?.status === 'PENDING' || user?.securityStamp === grant.securityStamp
    const contact = user && this.#deps.resetGrants.matchContact(grant, user)
    if (!contact || !isValid || user.status === 'SUSPENDED') throw new AuthError('RESET_TOKEN_INVALID')
    return { user, contact }
  }

  async #set(
    grant: ResetGrant,
    before: User,
    contact: Contact,
    newPassword: string,
    secondFactor: SecondFactorProof | null,
  ): Promise<Redemption<CompletedReset>> {
    const hash = await this.#deps.passwordHashing.reserve((hasher) => hasher.hash(newPassword))
    const change = this.#deps.changes.create('password-changed')
    const changed = await this.#spend(grant, contact, hash, secondFactor, change)
    if (!changed) return { kind: 'rejected' }
    const { user, isUndoable, ...revocation } = changed
    const removed = findRemovedContact(before, user)
    const result = { user, revocation, grant, contact, secondFactor, removed }
    return { kind: 'redeemed', result: { ...result, change: isUndoable ? change : null } }
  }

  /** Null when the database changed nothing; then the grant is valid again. */
  async #spend(
    grant: ResetGrant,
    contact: Contact,
    next: string,
    secondFactor: SecondFactorProof | null,
    change: NewAccountChange,
  ): Promise<CompletedPasswordReset | null> {
    const { resetGrants, users, changes, records } = this.#deps
    const { userId, securityStamp } = grant
    try {
      await resetGrants.spend(grant)
      const addedSince = changes.findWindowStart()
      const reset = { userId, securityStamp, contact, next, secondFactor, change, addedSince }
      const changed = await users.resetPassword(reset, records.createRevocationTimes())
      // A wrong or already spent code does not use up the grant.
      if (!changed && secondFactor) await resetGrants.restore(grant)
      return changed
    } catch (error) {
      // The caller must get the first error: if this fails too, a new code must be requested.
      if (!isRefusal(error, 'RESET_TOKEN_INVALID')) await resetGrants.restore(grant).catch(() => undefined)
      throw error
    }
  }
}

/** A verified contact that the account had before the reset and has no more. */
function findRemovedContact(before: User, after: User): Contact | null {
  const removed = CHANNEL_NAMES.map(
    (channel) => findVerifiedContact(after, channel) === null && findVerifiedContact(before, channel),
  )
  return removed.find((contact) => contact !== false && contact !== null) || null
}
