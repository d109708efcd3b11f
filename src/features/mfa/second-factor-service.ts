import type { ClientFacts } from '../../core/caller.ts'
import { AuthError, isRefusal, tolerateOutage } from '../../core/errors.ts'
import type { TypedCode } from '../../core/recovery-codes.ts'
import { findAcceptedStep } from '../../core/totp.ts'
import type { Clock } from '../../ports/clock.ts'
import type { SecondFactor, SecondFactorProof, SecondFactors } from '../../ports/second-factors.ts'
import type { User } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { LimitService } from '../limits/limit-service.ts'
import { LIMITS } from '../limits/limits.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import { toRecipient } from '../notifications/notification.ts'
import { describeOrigin } from '../sessions/notification-origin.ts'
import { hashRecoveryCode } from './second-factor-codes.ts'
import type { TotpSecrets } from './totp-secrets.ts'

/** Dependencies of the second factor. */
export interface SecondFactorDependencies {
  readonly factors: SecondFactors
  readonly secrets: TotpSecrets
  readonly limits: LimitService
  readonly notifications: NotificationService
  readonly audit: AuditService
  readonly now: Clock
}

/** A method of the second step. */
export type MfaMethod = 'TOTP' | 'RECOVERY_CODE'

/** A confirmed authenticator app: sign-ins require a code. */
export type ConfirmedFactor = SecondFactor & { readonly confirmedAt: Date }

/** The outcome of redeeming a code. `rejected`: the code is wrong or was already spent. */
export type Redemption<Result> =
  { readonly kind: 'redeemed'; readonly result: Result } | { readonly kind: 'rejected' }

/** Performs the operation that a code authorizes and spends the code in the same transaction. */
export type RedeemableOperation<Result> = (
  proof: SecondFactorProof,
  secret: string,
) => Promise<Redemption<Result>>

/**
 * Verifies codes of second factors. Apps and recovery codes share one budget per account, for all operations
 * and challenges: a new challenge does not reset it (RFC 4226 §7.3, NIST SP 800-63B-4 §3.2.2). Only callers
 * who have passed the first factor, or are signed in, can use up the budget, so strangers cannot lock an
 * account.
 */
export class SecondFactorService {
  readonly #deps: SecondFactorDependencies

  constructor(deps: SecondFactorDependencies) {
    this.#deps = deps
  }

  /** The confirmed app of the account; null when sign-ins require no code. */
  async find(userId: string): Promise<ConfirmedFactor | null> {
    const factor = await this.#deps.factors.find(userId)
    const confirmedAt = factor?.confirmedAt
    return factor && confirmedAt ? { ...factor, confirmedAt } : null
  }

  /**
   * Counts a guess before it is compared and returns how many are left in the hour. Throws `RATE_LIMITED`.
   */
  async countGuess(userId: string, client: ClientFacts): Promise<number> {
    const { limits, audit } = this.#deps
    try {
      const { remaining } = await limits.claim(LIMITS.mfaHourly, userId)
      await limits.claim(LIMITS.mfaDaily, userId)
      return remaining
    } catch (error) {
      if (isRefusal(error, 'RATE_LIMITED')) audit.record('authn_mfa_fail_max', { userId }, client)
      throw error
    }
  }

  /**
   * After a correct code: resets the hourly budget, not the daily one. An outage of the state store is
   * ignored.
   */
  async resetGuesses(userId: string): Promise<void> {
    await tolerateOutage(this.#deps.limits.clear(LIMITS.mfaHourly, userId))
  }

  /** Notifies the owner of a sign-in with a recovery code, with the number of codes left. */
  async notifyRecoveryCodeUsed(user: User, sessionId: string, client: ClientFacts): Promise<void> {
    const { notifications, audit, now } = this.#deps
    const left = (await this.find(user.id))?.recoveryCodesLeft ?? 0
    audit.record('authn_mfa_recovery_code_used', { userId: user.id, sessionId, count: left }, client)
    const origin = describeOrigin(client, now())
    await notifications.send(toRecipient(user), { kind: 'recovery-code-used', left, origin })
  }

  /**
   * Verifies a code and performs the operation with it, in one transaction. When another code of the account
   * was spent at the same moment, the operation is retried with the secret as it is sealed then.
   */
  async redeem<Result>(
    userId: string,
    factor: ConfirmedFactor,
    code: TypedCode,
    operation: RedeemableOperation<Result>,
  ): Promise<Redemption<Result>> {
    const secret = this.#deps.secrets.open(userId, factor.sealed)
    const proof = this.#createProof(userId, factor, secret, code)
    if (!proof) return { kind: 'rejected' }
    const redemption = await operation(proof, secret)
    if (redemption.kind === 'redeemed') return redemption
    const current = await this.find(userId)
    return current && current.sealed !== factor.sealed
      ? this.redeem(userId, current, code, operation)
      : redemption
  }

  /**
   * Performs an operation of an account for a code, in one transaction. Throws `CONFLICT` when the account
   * has no app, `MFA_INVALID` or `RATE_LIMITED`.
   */
  async authorize<Result>(
    userId: string,
    code: TypedCode,
    client: ClientFacts,
    operation: RedeemableOperation<Result>,
  ): Promise<Result> {
    const factor = await this.find(userId)
    if (!factor) throw new AuthError('CONFLICT')
    const attemptsLeft = await this.countGuess(userId, client)
    const redemption = await this.redeem(userId, factor, code, operation)
    if (redemption.kind === 'rejected') {
      this.#deps.audit.record('authn_mfa_fail', { userId, reason: code.kind }, client)
      throw new AuthError('MFA_INVALID', { attemptsLeft })
    }
    await this.resetGuesses(userId)
    return redemption.result
  }

  /** Null for a wrong code of the app. A recovery code is verified by the statement that spends it. */
  #createProof(
    userId: string,
    { sealed: previous }: SecondFactor,
    secret: string,
    code: TypedCode,
  ): SecondFactorProof | null {
    const sealed = this.#deps.secrets.seal(userId, secret)
    if (code.kind === 'recovery-code') {
      const codeHash = hashRecoveryCode(secret, userId, code.code)
      return { code: { kind: 'recovery-code', codeHash }, previous, sealed }
    }
    const step = findAcceptedStep(secret, code.code, this.#deps.now())
    return step === null ? null : { code: { kind: 'totp', step }, previous, sealed }
  }
}

/** The methods that the second step of this account accepts. */
export function listMfaMethods({ recoveryCodesLeft }: ConfirmedFactor): readonly MfaMethod[] {
  return recoveryCodesLeft > 0 ? ['TOTP', 'RECOVERY_CODE'] : ['TOTP']
}

/** The authentication method of a session whose second step was this code. */
export function toMfaSessionMethod(code: { readonly kind: TypedCode['kind'] }): 'totp' | 'recovery' {
  return code.kind === 'totp' ? 'totp' : 'recovery'
}
