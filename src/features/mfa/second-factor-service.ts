import type { ClientFacts } from '../../core/caller.ts'
import { AuthError, badInput, isRefusal, tolerateOutage } from '../../core/errors.ts'
import { parseTypedCode, type TypedCode } from '../../core/recovery-codes.ts'
import { keyedHash } from '../../core/secrets.ts'
import { findAcceptedStep } from '../../core/totp.ts'
import type { Clock } from '../../ports/clock.ts'
import type { SecondFactor, SecondFactors, Spending } from '../../ports/second-factors.ts'
import type { User } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { LIMITS } from '../limits/limits.ts'
import type { LimitService } from '../limits/limit-service.ts'
import { toRecipient } from '../notifications/notification.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import type { TotpSecrets } from './totp-secrets.ts'

/** What checking second factors needs. */
export interface SecondFactorDependencies {
  readonly factors: SecondFactors
  readonly secrets: TotpSecrets
  readonly limits: LimitService
  readonly notifications: NotificationService
  readonly audit: AuditService
  readonly now: Clock
}

/** What a second step may be made with. */
export type MfaMethod = 'TOTP' | 'RECOVERY_CODE'

/** An authenticator app that sign-ins ask for. */
export type ConfirmedFactor = SecondFactor & { readonly confirmedAt: Date }

/**
 * Tells what a code is worth. Apps and recovery codes share one budget for each account, whatever the code is for and however
 * many challenges are opened: a new one brings no new luck (RFC 4226 §7.3, NIST SP 800-63B-4 §3.2.2). Only who has passed the
 * first factor, or is signed in, can spend of it: a stranger locks nobody out.
 */
export class SecondFactorService {
  readonly #deps: SecondFactorDependencies

  constructor(deps: SecondFactorDependencies) {
    this.#deps = deps
  }

  /** The app that this account's sign-ins ask for; null where they ask for none. */
  async find(userId: string): Promise<ConfirmedFactor | null> {
    const factor = await this.#deps.factors.find(userId)
    const confirmedAt = factor?.confirmedAt
    return factor && confirmedAt ? { ...factor, confirmedAt } : null
  }

  /** Counts a guess before it is compared; how many more the hour allows. Throws `RATE_LIMITED`. */
  async admit(userId: string, client: ClientFacts): Promise<number> {
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

  /** After a right code: the hour is forgotten, the day is not. A store that is away only leaves the budget smaller. */
  async succeeded(userId: string): Promise<void> {
    await tolerateOutage(this.#deps.limits.clear(LIMITS.mfaHourly, userId))
  }

  /** After a sign-in by a recovery code: its owner hears of it, and how many are left. */
  async tellOfRecoveryCode(user: User, sessionId: string, client: ClientFacts): Promise<void> {
    const { notifications, audit } = this.#deps
    const left = (await this.find(user.id))?.recoveryCodesLeft ?? 0
    audit.record('authn_mfa_recovery_code_used', { userId: user.id, sessionId, count: left }, client)
    await notifications.send(toRecipient(user), { kind: 'recovery-code-used', left })
  }

  /**
   * Spends a code on what `spendOn` does with it, all or nothing; null where it is not right or was spent before. When another
   * code of the account is spent at the same moment, it is tried again with what stands then.
   */
  async offer<Result>(
    userId: string,
    factor: ConfirmedFactor,
    typed: TypedCode,
    spendOn: (spending: Spending, secret: string) => Promise<Result | null>,
  ): Promise<Result | null> {
    const secret = this.#deps.secrets.open(userId, factor.sealed)
    const spending = this.#judge(userId, factor, secret, typed)
    if (!spending) return null
    const result = await spendOn(spending, secret)
    if (result !== null) return result
    const standing = await this.find(userId)
    return standing && standing.sealed !== factor.sealed ? this.offer(userId, standing, typed, spendOn) : null
  }

  /**
   * Spends a code of a signed-in account on what `spendOn` does with it, all or nothing. Throws `CONFLICT` where there is no
   * app, `MFA_INVALID` or `RATE_LIMITED`.
   */
  async spend<Result>(
    userId: string,
    typed: TypedCode,
    client: ClientFacts,
    spendOn: (spending: Spending, secret: string) => Promise<Result | null>,
  ): Promise<Result> {
    const factor = await this.find(userId)
    if (!factor) throw new AuthError('CONFLICT')
    const attemptsLeft = await this.admit(userId, client)
    const done = await this.offer(userId, factor, typed, spendOn)
    if (done === null) {
      this.#deps.audit.record('authn_mfa_fail', { userId, reason: typed.kind }, client)
      throw new AuthError('MFA_INVALID', { attemptsLeft })
    }
    await this.succeeded(userId)
    return done
  }

  /** What must be spent for this code; null for digits of the app that are wrong. A recovery code is looked for in the statement that spends it. */
  #judge(
    userId: string,
    { sealed: previous }: SecondFactor,
    secret: string,
    typed: TypedCode,
  ): Spending | null {
    const sealed = this.#deps.secrets.seal(userId, secret)
    if (typed.kind === 'recovery-code') {
      const codeHash = recoveryHash(secret, userId, typed.code)
      return { code: { kind: 'recovery-code', codeHash }, previous, sealed }
    }
    const step = findAcceptedStep(secret, typed.code, this.#deps.now())
    return step === null ? null : { code: { kind: 'totp', step }, previous, sealed }
  }
}

/** What a second step of this account may be made with. */
export function methodsOf({ recoveryCodesLeft }: ConfirmedFactor): readonly MfaMethod[] {
  return recoveryCodesLeft > 0 ? ['TOTP', 'RECOVERY_CODE'] : ['TOTP']
}

/**
 * How a recovery code is kept: under a key that is the account's own app secret, so that a dump without the master secret
 * cannot tell a guess, and a change of the master secret leaves the codes alone.
 */
export function recoveryHash(secret: string, userId: string, code: string): string {
  return keyedHash(Buffer.from(secret), 'recovery-code', userId, code)
}

/** The code that somebody typed; `path`: where. Throws `BAD_USER_INPUT`, which never quotes it. */
export function typedCode(text: string, ...path: readonly string[]): TypedCode {
  const typed = parseTypedCode(text)
  if (typed) return typed
  const message = 'must be the six digits of the app or a recovery code'
  throw badInput({ path, code: 'INVALID_FORMAT', message })
}
