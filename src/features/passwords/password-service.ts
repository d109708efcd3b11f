import { z } from 'zod'
import type { ClientFacts, SignedInCaller } from '../../core/caller.ts'
import { CHANNELS, maskContact } from '../../core/channel.ts'
import type { DeviceTokens } from '../../core/device-tokens.ts'
import { AuthError, badInput, isRefusal } from '../../core/errors.ts'
import { parseInput, presentedPassword } from '../../core/input.ts'
import type { NewAccountChange } from '../../ports/new-account-change.ts'
import type { RevokedSessions, RevokingChange, User, UserCredentials } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { toMfaSessionMethod } from '../mfa/second-factor-service.ts'
import { toRecipient, type PlainNotification } from '../notifications/notification.ts'
import type { SignIn } from '../sessions/session-issuer.ts'
import type { SessionService } from '../sessions/session-service.ts'
import { toAttemptSubject, type PasswordCheckService } from './password-check-service.ts'
import { ResetByGrant, type CompletedReset, type ResetByGrantDependencies } from './reset-by-grant.ts'

/** Dependencies of the password service. */
export interface PasswordServiceDependencies extends ResetByGrantDependencies {
  readonly passwordChecks: PasswordCheckService
  readonly sessions: SessionService
  readonly devices: DeviceTokens
  readonly audit: AuditService
}

/** A password change that passed every check. `changed`: null when the current password was wrong. */
interface AttemptedChange {
  readonly user: User
  readonly changed: RevokingChange | null
  readonly change: NewAccountChange
}

/** A password change of a signed-in caller. */
export interface ChangedPassword {
  /** Number of other sessions that were revoked. */
  readonly revokedSessions: number
  /** Keeps the device of the change known, because the change has ended its device token. */
  readonly deviceToken: string
}

/** A password that was set. `change`: null if it cannot be undone. */
interface CompletedChange {
  readonly user: User
  readonly revocation: RevokedSessions
  readonly change: NewAccountChange | null
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
    this.#resetByGrant = new ResetByGrant(deps)
    const newPassword = deps.passwordPolicy.password
    this.#changeInput = z.object({ currentPassword: presentedPassword, newPassword })
    this.#resetInput = z.object({
      resetToken: z.string().max(128, 'is too long'),
      newPassword,
      mfaCode: z.string().max(64, 'is too long').nullish(),
    })
  }

  /**
   * Replaces the password of the caller and revokes every other session of the account. Throws
   * `BAD_USER_INPUT`, `INVALID_CREDENTIALS` when the current password is wrong or was changed meanwhile, or
   * `RATE_LIMITED`.
   */
  async change(input: unknown, caller: SignedInCaller): Promise<ChangedPassword> {
    const { passwordChecks, devices, audit } = this.#deps
    const { currentPassword, newPassword } = parseInput(this.#changeInput, input)
    const attempt = await this.#attemptChange(currentPassword, newPassword, caller)
    const { user, changed, change } = attempt
    if (!changed) {
      audit.record('authn_password_change_fail', { userId: user.id }, caller.client)
      throw new AuthError('INVALID_CREDENTIALS')
    }
    await this.#complete({ user, revocation: changed, change }, { kind: 'password-changed' }, caller.client)
    await passwordChecks.succeeded(user, caller.client)
    return { revokedSessions: changed.revoked.length, deviceToken: devices.issue(changed.user, true) }
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
    const { user, secondFactor } = completed
    await this.#complete(completed, toNotification(completed), client)
    if (completed.removed) {
      const reason = completed.removed.channel
      audit.record('user_contact_removed', { userId: user.id, reason }, client)
    }
    const signIn = await this.#startSession(completed, client)
    await passwordChecks.succeeded(user, client)
    const { id: sessionId, methods } = signIn.session
    if (secondFactor?.code.kind === 'recovery-code')
      await secondFactors.notifyRecoveryCodeUsed(user, sessionId, client)
    audit.record('authn_login_success', { userId: user.id, sessionId, reason: methods.join(' ') }, client)
    return signIn
  }

  async #attemptChange(
    currentPassword: string,
    newPassword: string,
    caller: SignedInCaller,
  ): Promise<AttemptedChange> {
    const { users, records, passwordHashing, passwordPolicy, passwordChecks, changes } = this.#deps
    return passwordHashing.reserve(async (hasher) => {
      const { found, previous } = await this.#findOwnCredentials(caller)
      const { user } = found
      await passwordPolicy.check(newPassword, [user.email, user.phone, user.fullName], 'newPassword')
      const change = changes.create('password-changed')
      const attempt = { subject: toAttemptSubject(user), found, password: currentPassword }
      if (!(await passwordChecks.verify(hasher, attempt, caller.client)))
        return { user, changed: null, change }
      const next = await hasher.hash(newPassword)
      const request = { userId: user.id, previous, next, sessionId: caller.sessionId, change }
      return { user, changed: await users.changePassword(request, records.createRevocationTimes()), change }
    })
  }

  async #startSession(
    { user, grant, contact, secondFactor }: CompletedReset,
    client: ClientFacts,
  ): Promise<SignIn> {
    const { authenticationMethod } = CHANNELS[contact.channel]
    const second = secondFactor ? [toMfaSessionMethod(secondFactor.code)] : []
    const proof = { methods: [authenticationMethod, ...second], proofHash: grant.proof }
    const { securityStamp } = user
    const condition = { securityStamp, contact, dropsPassword: false, secondFactor }
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

  /** Records the change. The owner is notified even if the state store then fails. */
  async #complete(
    { user, revocation: { revoked, ended }, change }: CompletedChange,
    notification: PlainNotification,
    client: ClientFacts,
  ): Promise<void> {
    const { audit, changes, records } = this.#deps
    const facts = { userId: user.id, count: revoked.length }
    audit.record('authn_password_change', facts, client)
    audit.record('authn_token_revoked', { ...facts, reason: 'PASSWORD_CHANGED' }, client)
    await changes.notify(toRecipient(user), notification, change, client)
    await records.end(ended)
  }
}

/** What the owner learns of a reset: also which contact it removed. */
function toNotification({ removed }: CompletedReset): PlainNotification {
  return removed
    ? { kind: 'password-reset-contact-removed', contact: maskContact(removed) }
    : { kind: 'password-changed' }
}
