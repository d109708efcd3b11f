import { z } from 'zod'
import type { ClientFacts, SignedInCaller } from '../../core/caller.ts'
import { CHANNELS } from '../../core/channel.ts'
import { AuthError, badInput, isRefusal } from '../../core/errors.ts'
import { parseInput, presentedPassword } from '../../core/input.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RevocationTimes, RevokedSessions, User, UserCredentials } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { toMfaSessionMethod } from '../mfa/second-factor-service.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import { toRecipient } from '../notifications/notification.ts'
import type { SignIn } from '../sessions/session-issuer.ts'
import type { SessionRecords } from '../sessions/session-records.ts'
import type { SessionService } from '../sessions/session-service.ts'
import { toAttemptSubject, type PasswordCheckService } from './password-check-service.ts'
import { ResetByGrant, type CompletedReset, type ResetByGrantDependencies } from './reset-by-grant.ts'

/** Dependencies of the password service. */
export interface PasswordServiceDependencies extends ResetByGrantDependencies {
  readonly passwordChecks: PasswordCheckService
  readonly sessions: SessionService
  readonly records: SessionRecords
  readonly notifications: NotificationService
  readonly audit: AuditService
  readonly now: Clock
  /** How long the end of a session is recorded, in milliseconds. */
  readonly endedTtlMs: number
}

/** A password change that passed every check. `revocation`: null when the current password was wrong. */
interface AttemptedChange {
  readonly user: User
  readonly revocation: RevokedSessions | null
}

/**
 * Changes and resets passwords. The hash and the end of the sessions are one transaction, and the owner is
 * notified. When the state store cannot record the ends, the service throws `SERVICE_UNAVAILABLE` although
 * the password has changed: sessions that the state store still holds end within a minute, or with the next
 * revocation of all sessions.
 */
export class PasswordService {
  readonly #deps: PasswordServiceDependencies
  readonly #resetByGrant: ResetByGrant
  readonly #changeInput
  readonly #resetInput

  constructor(deps: PasswordServiceDependencies) {
    this.#deps = deps
    this.#resetByGrant = new ResetByGrant(deps, () => this.#toTimes())
    const newPassword = deps.passwordPolicy.password
    this.#changeInput = z.object({ currentPassword: presentedPassword, newPassword })
    this.#resetInput = z.object({
      resetToken: z.string().max(128, 'is too long'),
      newPassword,
      mfaCode: z.string().max(64, 'is too long').nullish(),
    })
  }

  /**
   * Replaces the password of the caller and revokes every other session of the account; returns how many.
   * Throws `BAD_USER_INPUT`, `INVALID_CREDENTIALS` when the current password is wrong or was changed
   * meanwhile, or `RATE_LIMITED`.
   */
  async change(input: unknown, caller: SignedInCaller): Promise<number> {
    const { passwordChecks, audit } = this.#deps
    const { currentPassword, newPassword } = parseInput(this.#changeInput, input)
    const { user, revocation } = await this.#attemptChange(currentPassword, newPassword, caller)
    if (!revocation) {
      audit.record('authn_password_change_fail', { userId: user.id }, caller.client)
      throw new AuthError('INVALID_CREDENTIALS')
    }
    await this.#complete(user, revocation, caller.client)
    await passwordChecks.succeeded(user, caller.client)
    return revocation.revoked.length
  }

  /**
   * Sets a password by a grant, revokes every session of the account and starts one. Throws `BAD_USER_INPUT`,
   * `RESET_TOKEN_INVALID`, `MFA_INVALID` or `RATE_LIMITED`.
   */
  async reset(input: unknown, client: ClientFacts): Promise<SignIn> {
    const { passwordChecks, secondFactors, audit } = this.#deps
    const given = parseInput(this.#resetInput, input)
    const completed = await this.#resetByGrant.reset(given, client).catch((error: unknown) => {
      if (isRefusal(error, 'RESET_TOKEN_INVALID'))
        audit.record('authn_password_change_fail', { reason: error.code }, client)
      throw error
    })
    const { user, revocation, secondFactor } = completed
    await this.#complete(user, revocation, client)
    const signIn = await this.#startSession(completed, client)
    await passwordChecks.succeeded(user, client)
    const sessionId = signIn.session.id
    if (secondFactor?.code.kind === 'recovery-code')
      await secondFactors.notifyRecoveryCodeUsed(user, sessionId, client)
    audit.record('authn_login_success', { userId: user.id, sessionId }, client)
    return signIn
  }

  async #attemptChange(
    currentPassword: string,
    newPassword: string,
    caller: SignedInCaller,
  ): Promise<AttemptedChange> {
    const { users, passwordHashing, passwordPolicy, passwordChecks } = this.#deps
    return passwordHashing.reserve(async (hasher) => {
      const { found, previous } = await this.#findOwnCredentials(caller)
      const { user } = found
      await passwordPolicy.check(newPassword, [user.email, user.phone, user.fullName], 'newPassword')
      const attempt = { subject: toAttemptSubject(user), found, password: currentPassword }
      if (!(await passwordChecks.verify(hasher, attempt, caller.client))) return { user, revocation: null }
      const next = await hasher.hash(newPassword)
      const change = { userId: user.id, previous, next, sessionId: caller.sessionId }
      return { user, revocation: await users.changePassword(change, this.#toTimes()) }
    })
  }

  async #startSession({ user, grant, secondFactor }: CompletedReset, client: ClientFacts): Promise<SignIn> {
    const { authenticationMethod } = CHANNELS[grant.proves]
    const second = secondFactor ? [toMfaSessionMethod(secondFactor.code)] : []
    const proof = { methods: [authenticationMethod, ...second], proofHash: grant.proof }
    const condition = { proves: null, dropsPassword: false, secondFactor }
    const start = await this.#deps.sessions.start(user, proof, condition, client)
    if (start.kind !== 'started') throw new AuthError('RESET_TOKEN_INVALID')
    return start.signIn
  }

  /** The caller is signed in, so the error may say that the account has no password. */
  async #findOwnCredentials({
    userId,
  }: SignedInCaller): Promise<{ found: UserCredentials; previous: string }> {
    const found = await this.#deps.users.findCredentialsById(userId)
    if (!found) throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_INVALID' })
    if (found.passwordHash !== null) return { found, previous: found.passwordHash }
    throw badInput({
      path: ['input', 'currentPassword'],
      code: 'NO_PASSWORD',
      message: 'the account has no password: set the first one by a code for RESET_PASSWORD',
    })
  }

  #toTimes(): RevocationTimes {
    const at = this.#deps.now()
    return { now: new Date(at), endedSince: new Date(at - this.#deps.endedTtlMs) }
  }

  /** Records the change. The owner is notified even if the state store then fails. */
  async #complete(user: User, { revoked, ended }: RevokedSessions, client: ClientFacts): Promise<void> {
    const { audit, notifications, records } = this.#deps
    const facts = { userId: user.id, count: revoked.length }
    audit.record('authn_password_change', facts, client)
    audit.record('authn_token_revoked', { ...facts, reason: 'PASSWORD_CHANGED' }, client)
    await notifications.send(toRecipient(user), { kind: 'password-changed' })
    await records.end(ended)
  }
}
