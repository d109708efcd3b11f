import type { ClientFacts } from '../../core/caller.ts'
import { AuthError, isRefusal } from '../../core/errors.ts'
import type { PasswordHashing } from '../../ports/password-hasher.ts'
import type { SecondFactorProof } from '../../ports/second-factors.ts'
import type { RevocationTimes, RevokedSessions, User, Users } from '../../ports/users.ts'
import { parseSecondFactorCode } from '../mfa/second-factor-codes.ts'
import type { Redemption, SecondFactorService } from '../mfa/second-factor-service.ts'
import type { PasswordPolicy } from './password-policy.ts'
import type { PasswordResetGrants, ResetGrant } from './reset-grants.ts'

/** Dependencies of the reset by grant. */
export interface ResetByGrantDependencies {
  readonly users: Users
  readonly passwordHashing: PasswordHashing
  readonly passwordPolicy: PasswordPolicy
  readonly resetGrants: PasswordResetGrants
  readonly secondFactors: SecondFactorService
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
  /** The second factor that was spent; null for an account without one. */
  readonly secondFactor: SecondFactorProof | null
}

/**
 * Sets a password by a grant. Where the account has a second factor, its code is spent in the same
 * transaction. Every check that can reject the request comes before the grant is spent.
 */
export class ResetByGrant {
  readonly #deps: ResetByGrantDependencies
  readonly #toTimes: () => RevocationTimes

  /** `toTimes`: the times of a revocation that happens now. */
  constructor(deps: ResetByGrantDependencies, toTimes: () => RevocationTimes) {
    this.#deps = deps
    this.#toTimes = toTimes
  }

  /** Throws `BAD_USER_INPUT`, `RESET_TOKEN_INVALID`, `MFA_INVALID` or `RATE_LIMITED`. */
  async reset(
    { resetToken, newPassword, mfaCode }: ResetInput,
    client: ClientFacts,
  ): Promise<CompletedReset> {
    const { resetGrants, passwordPolicy, secondFactors } = this.#deps
    const grant = await resetGrants.find(resetToken)
    const user = await this.#findUser(grant)
    const personal = [user.email, user.phone, user.fullName]
    await passwordPolicy.check(newPassword, personal, 'newPassword')
    if (await secondFactors.find(user.id)) {
      const code = parseSecondFactorCode(mfaCode ?? '', 'input', 'mfaCode')
      return secondFactors.authorize(user.id, code, client, (proof) => this.#set(grant, newPassword, proof))
    }
    const redemption = await this.#set(grant, newPassword, null)
    if (redemption.kind === 'rejected') throw new AuthError('RESET_TOKEN_INVALID')
    return redemption.result
  }

  /** The account of the grant, if the grant still applies to it. Throws `RESET_TOKEN_INVALID`. */
  async #findUser(grant: ResetGrant): Promise<User> {
    const user = await this.#deps.users.findById(grant.userId)
    const isValid = user?.status === 'PENDING' || user?.securityStamp === grant.securityStamp
    if (!user || !isValid || user.status === 'SUSPENDED') throw new AuthError('RESET_TOKEN_INVALID')
    return user
  }

  async #set(
    grant: ResetGrant,
    newPassword: string,
    secondFactor: SecondFactorProof | null,
  ): Promise<Redemption<CompletedReset>> {
    const hash = await this.#deps.passwordHashing.reserve((hasher) => hasher.hash(newPassword))
    const changed = await this.#spend(grant, hash, secondFactor)
    if (!changed) return { kind: 'rejected' }
    const { user, ...revocation } = changed
    return { kind: 'redeemed', result: { user, revocation, grant, secondFactor } }
  }

  /** Null when the database changed nothing; then the grant is valid again. */
  async #spend(
    grant: ResetGrant,
    next: string,
    secondFactor: SecondFactorProof | null,
  ): Promise<(RevokedSessions & { readonly user: User }) | null> {
    const { resetGrants, users } = this.#deps
    const { userId, securityStamp, proves } = grant
    try {
      await resetGrants.spend(grant)
      const reset = { userId, securityStamp, proves, next, secondFactor }
      const changed = await users.resetPassword(reset, this.#toTimes())
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
