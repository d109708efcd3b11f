import { z } from 'zod'
import type { ClientFacts, SignedInCaller } from '../../core/caller.ts'
import { AuthError, badInput } from '../../core/errors.ts'
import { parseInput, presentedPassword } from '../../core/input.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Passwords } from '../../ports/passwords.ts'
import type { EndOfSessions, EndedSessions, User, UserCredentials, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { NoticeService } from '../notices/notice-service.ts'
import { ownerOf } from '../notices/notice.ts'
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
  readonly sessions: SessionService
  readonly records: SessionRecords
  readonly notices: NoticeService
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
    this.#resetInput = z.object({ resetToken: z.string().max(128, 'is too long'), newPassword })
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
    await passwordChecks.succeeded(guessedAt(user), caller.client)
    return changed.ended.length
  }

  /**
   * Sets a password by a grant, ends every session of the account and starts one. Everything that may refuse the request
   * comes before the grant is spent. Throws `BAD_USER_INPUT` or `RESET_TOKEN_INVALID`.
   */
  async reset(input: unknown, client: ClientFacts): Promise<SignIn> {
    const { sessions, passwordChecks, audit } = this.#deps
    const given = parseInput(this.#resetInput, input)
    const { changed, startedBy, methods } = await this.#setByGrant(given).catch((error: unknown) => {
      if (isInvalid(error)) audit.record('authn_password_change_fail', { reason: error.code }, client)
      throw error
    })
    const { user } = changed
    await this.#conclude(user, changed, client)
    const started = await sessions.start(user, { methods, startedBy }, PROVEN_ALREADY, client)
    if (typeof started === 'string') throw new AuthError('RESET_TOKEN_INVALID')
    await passwordChecks.succeeded(guessedAt(user), client)
    audit.record('authn_login_success', { userId: user.id, sessionId: started.session.id }, client)
    return started
  }

  async #setByGrant({ resetToken, newPassword }: { resetToken: string; newPassword: string }) {
    const { resetGrants, users, passwords } = this.#deps
    const grant = await resetGrants.find(resetToken)
    const user = await users.findById(grant.userId)
    const stands = user?.status === 'PENDING' || user?.generation === grant.generation
    if (!user || !stands || user.status === 'SUSPENDED') throw new AuthError('RESET_TOKEN_INVALID')
    await this.#admit(newPassword, user)
    const next = await passwords.reserve((hasher) => hasher.hash(newPassword))
    const methods = [grant.proves === 'SMS' ? 'sms' : 'otp']
    return { changed: await this.#spend(grant, next), startedBy: grant.proof, methods }
  }

  async #spend(grant: ResetGrant, next: string): Promise<EndedSessions & { readonly user: User }> {
    const { resetGrants, users } = this.#deps
    const { userId, generation, proves } = grant
    try {
      await resetGrants.spend(grant)
      const changed = await users.resetPassword({ userId, generation, proves, next }, this.#end())
      if (!changed) throw new AuthError('RESET_TOKEN_INVALID')
      return changed
    } catch (error) {
      // The refusal is what the caller must hear: should this fail too, a new code has to be asked for.
      if (!isInvalid(error)) await resetGrants.restore(grant).catch(() => undefined)
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
    const { audit, notices, records } = this.#deps
    const facts = { userId: user.id, count: ended.length }
    audit.record('authn_password_change', facts, client)
    audit.record('authn_token_revoked', { ...facts, reason: 'PASSWORD_CHANGED' }, client)
    await notices.send(ownerOf(user), { kind: 'password-changed' })
    await records.end(over)
  }
}

/** The address was proven when the grant was given, and the reset wrote it down. */
const PROVEN_ALREADY = { proves: null, dropsPassword: false }

function isInvalid(error: unknown): error is AuthError {
  return error instanceof AuthError && error.code === 'RESET_TOKEN_INVALID'
}
