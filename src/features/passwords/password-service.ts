import { z } from 'zod'
import type { ClientFacts, SignedInCaller } from '../../core/caller.ts'
import { AuthError, badInput, isRefusal } from '../../core/errors.ts'
import { parseInput, presentedPassword } from '../../core/input.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Passwords } from '../../ports/password-hasher.ts'
import type { Spending } from '../../ports/second-factors.ts'
import type { EndOfSessions, EndedSessions, User, UserCredentials, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { typedCode, type SecondFactorService } from '../mfa/second-factor-service.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import { toRecipient } from '../notifications/notification.ts'
import type { SignIn } from '../sessions/session-issuer.ts'
import type { SessionRecords } from '../sessions/session-records.ts'
import type { SessionService } from '../sessions/session-service.ts'
import { guessedAt, type PasswordCheckService } from './password-check-service.ts'
import type { PasswordPolicy } from './password-policy.ts'
import type { PasswordResetGrants, ResetGrant } from './reset-grants.ts'

/** What changing passwords needs. */
export interface PasswordServiceDependencies {
  readonly users: Users
  readonly passwords: Passwords
  readonly passwordPolicy: PasswordPolicy
  readonly passwordChecks: PasswordCheckService
  readonly resetGrants: PasswordResetGrants
  readonly secondFactors: SecondFactorService
  readonly sessions: SessionService
  readonly records: SessionRecords
  readonly notifications: NotificationService
  readonly audit: AuditService
  readonly now: Clock
  /** How long the end of a session must be remembered. */
  readonly endedTtlMs: number
}

/**
 * Changes passwords. The hash and the end of the sessions are one transaction, and the owner is told. Where the state store
 * cannot be told of the ends, `SERVICE_UNAVAILABLE` is answered although the password has changed: the sessions that
 * the store still holds end within a minute, or with any other end of all.
 */
export class PasswordService {
  readonly #deps: PasswordServiceDependencies
  readonly #changeInput
  readonly #resetInput

  constructor(deps: PasswordServiceDependencies) {
    this.#deps = deps
    const newPassword = deps.passwordPolicy.password
    this.#changeInput = z.object({ currentPassword: presentedPassword, newPassword })
    this.#resetInput = z.object({
      resetToken: z.string().max(128, 'is too long'),
      newPassword,
      mfaCode: z.string().max(64, 'is too long').nullish(),
    })
  }

  /**
   * Replaces the caller's password, and ends every other session of the account; how many. Throws `BAD_USER_INPUT`,
   * `INVALID_CREDENTIALS` where the current password is wrong or another change came first, or `RATE_LIMITED`.
   */
  async change(input: unknown, caller: SignedInCaller): Promise<number> {
    const { users, passwords, passwordChecks, audit } = this.#deps
    const given = parseInput(this.#changeInput, input)
    const [user, changed] = await passwords.reserve(async (hasher) => {
      const { found, previous } = await this.#ownCredentials(caller)
      await this.#admit(given.newPassword, found.user)
      const claim = { subject: guessedAt(found.user), found, password: given.currentPassword }
      if (!(await passwordChecks.fits(hasher, claim, caller.client))) return [found.user, null]
      const next = await hasher.hash(given.newPassword)
      const change = { userId: found.user.id, previous, next, sessionId: caller.sessionId }
      return [found.user, await users.changePassword(change, this.#end())]
    })
    if (!changed) {
      audit.record('authn_password_change_fail', { userId: user.id }, caller.client)
      throw new AuthError('INVALID_CREDENTIALS')
    }
    await this.#conclude(user, changed, caller.client)
    await passwordChecks.succeeded(user, caller.client)
    return changed.ended.length
  }

  /**
   * Sets a password by a grant, ends every session of the account and starts one. Where the account has a second factor, its
   * code is spent in the transaction that sets the password. Everything that may refuse the request comes before the grant is
   * spent. Throws `BAD_USER_INPUT`, `RESET_TOKEN_INVALID`, `MFA_INVALID` or `RATE_LIMITED`.
   */
  async reset(input: unknown, client: ClientFacts): Promise<SignIn> {
    const { sessions, passwordChecks, secondFactors, audit } = this.#deps
    const given = parseInput(this.#resetInput, input)
    const { changed, grant, spending } = await this.#setByGrant(given, client).catch((error: unknown) => {
      if (isRefusal(error, 'RESET_TOKEN_INVALID'))
        audit.record('authn_password_change_fail', { reason: error.code }, client)
      throw error
    })
    const { user } = changed
    await this.#conclude(user, changed, client)
    const proof = { methods: methodsOf(grant, spending), proofHash: grant.proof }
    const condition = { proves: null, dropsPassword: false, secondFactor: spending }
    const started = await sessions.start(user, proof, condition, client)
    if (typeof started === 'string') throw new AuthError('RESET_TOKEN_INVALID')
    await passwordChecks.succeeded(user, client)
    if (spending?.code.kind === 'recovery-code')
      await secondFactors.tellOfRecoveryCode(user, started.session.id, client)
    audit.record('authn_login_success', { userId: user.id, sessionId: started.session.id }, client)
    return started
  }

  async #setByGrant({ resetToken, newPassword, mfaCode }: GivenReset, client: ClientFacts) {
    const { resetGrants, users, passwords, secondFactors } = this.#deps
    const grant = await resetGrants.find(resetToken)
    const user = await users.findById(grant.userId)
    const stands = user?.status === 'PENDING' || user?.securityStamp === grant.securityStamp
    if (!user || !stands || user.status === 'SUSPENDED') throw new AuthError('RESET_TOKEN_INVALID')
    await this.#admit(newPassword, user)
    const set = async (spending: Spending | null) => {
      const next = await passwords.reserve((hasher) => hasher.hash(newPassword))
      const changed = await this.#spend(grant, next, spending)
      return changed && { changed, grant, spending }
    }
    const factor = await secondFactors.find(user.id)
    const done = factor
      ? await secondFactors.spend(user.id, typedCode(mfaCode ?? '', 'input', 'mfaCode'), client, set)
      : await set(null)
    if (!done) throw new AuthError('RESET_TOKEN_INVALID')
    return done
  }

  /** Null where SQL changed nothing; the grant is good again then. */
  async #spend(
    grant: ResetGrant,
    next: string,
    secondFactor: Spending | null,
  ): Promise<(EndedSessions & { readonly user: User }) | null> {
    const { resetGrants, users } = this.#deps
    const { userId, securityStamp, proves } = grant
    try {
      await resetGrants.spend(grant)
      const reset = { userId, securityStamp, proves, next, secondFactor }
      const changed = await users.resetPassword(reset, this.#end())
      // A wrong code, or one that was spent meanwhile: nobody need ask for a new grant.
      if (!changed && secondFactor) await resetGrants.restore(grant)
      return changed
    } catch (error) {
      // The refusal is what the caller must hear: should this fail too, a new code has to be asked for.
      if (!isRefusal(error, 'RESET_TOKEN_INVALID')) await resetGrants.restore(grant).catch(() => undefined)
      throw error
    }
  }

  /** Whoever asks is signed in, so they may be told that there is no password to change. */
  async #ownCredentials({ userId }: SignedInCaller): Promise<{ found: UserCredentials; previous: string }> {
    const found = await this.#deps.users.findCredentialsById(userId)
    if (!found) throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_INVALID' })
    if (found.passwordHash !== null) return { found, previous: found.passwordHash }
    throw badInput({
      path: ['input', 'currentPassword'],
      code: 'NO_PASSWORD',
      message: 'the account has no password: set the first one by a code for RESET_PASSWORD',
    })
  }

  async #admit(newPassword: string, { email, phone, fullName }: User): Promise<void> {
    await this.#deps.passwordPolicy.admit(newPassword, [email, phone, fullName], 'newPassword')
  }

  #end(): EndOfSessions {
    const at = this.#deps.now()
    return { now: new Date(at), overSince: new Date(at - this.#deps.endedTtlMs) }
  }

  /** Tells everybody who must know. The owner hears of it whatever becomes of the rest. */
  async #conclude(user: User, { ended, over }: EndedSessions, client: ClientFacts): Promise<void> {
    const { audit, notifications, records } = this.#deps
    const facts = { userId: user.id, count: ended.length }
    audit.record('authn_password_change', facts, client)
    audit.record('authn_token_revoked', { ...facts, reason: 'PASSWORD_CHANGED' }, client)
    await notifications.send(toRecipient(user), { kind: 'password-changed' })
    await records.end(over)
  }
}

interface GivenReset {
  readonly resetToken: string
  readonly newPassword: string
  readonly mfaCode?: string | null | undefined
}

/** How the person proved who they are: by the code that the grant was given for, and by the second factor. */
function methodsOf({ proves }: ResetGrant, spending: Spending | null): string[] {
  const first = proves === 'SMS' ? 'sms' : 'otp'
  if (!spending) return [first]
  return [first, spending.code.kind === 'totp' ? 'totp' : 'recovery']
}
