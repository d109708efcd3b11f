import type { Caller, ClientFacts } from '../../core/caller.ts'
import { CHANNELS, type Channel, type OtpPurpose } from '../../core/channel.ts'
import { AuthError, isRefusal } from '../../core/errors.ts'
import { parseInput } from '../../core/input.ts'
import { maskPhone, type PhoneNumber } from '../../core/phone.ts'
import type { Clock } from '../../ports/clock.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { NO_ACCOUNT, type IdentifyRequester } from '../limits/requester.ts'
import type { SmsGuard } from '../limits/sms-guard.ts'
import { listMfaMethods, type MfaMethod, type SecondFactorService } from '../mfa/second-factor-service.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import { toRecipient } from '../notifications/notification.ts'
import type { FoundChallenge, SpentCode } from '../otp/otp-challenge.ts'
import type { OtpService } from '../otp/otp-service.ts'
import type { NewResetGrant, PasswordResetGrants } from '../passwords/reset-grants.ts'
import type { SignInCondition } from './mfa-challenges.ts'
import { isRefused, type SignInGate, type SignInProgress } from './sign-in-gate.ts'
import { toChallengeReference, verifyOtpInput } from './verify-otp-input.ts'

/** Dependencies of sign-in by code. */
export interface CodeSignInDependencies {
  readonly users: Users
  readonly otp: OtpService
  readonly gate: SignInGate
  readonly notifications: NotificationService
  readonly smsGuard: SmsGuard
  readonly identifyRequester: IdentifyRequester
  readonly resetGrants: PasswordResetGrants
  readonly secondFactors: SecondFactorService
  readonly audit: AuditService
  readonly now: Clock
}

/** The outcome of a verified code. */
export type VerifyOutcome =
  | SignInProgress
  | { readonly kind: 'phone-verified'; readonly user: User }
  | {
      readonly kind: 'reset-granted'
      readonly grant: NewResetGrant
      readonly mfaMethods: readonly MfaMethod[]
    }

/** The outcome of a verified link. `progress`: null when the caller did not ask to sign in. */
export interface VerifiedLink {
  readonly user: User
  readonly progress: SignInProgress | null
}

/**
 * Verifies codes and links: signs in, sets the phone number of the caller, or issues a grant to reset the
 * password.
 */
export class CodeSignInService {
  readonly #deps: CodeSignInDependencies

  constructor(deps: CodeSignInDependencies) {
    this.#deps = deps
  }

  /**
   * Verifies a code. When the database fails before the code is spent, no guess is counted; when a store
   * fails after it, the code becomes valid again.
   */
  async verify(input: unknown, caller: Caller): Promise<VerifyOutcome> {
    const { purpose, code, ...fields } = parseInput(verifyOtpInput, input)
    const { users, otp } = this.#deps
    const { client } = caller
    const challenge = await otp.find(toChallengeReference(fields, purpose))
    const user = await users.findById(challenge.userId ?? NO_ACCOUNT)
    const setsPhone = purpose === 'VERIFY_PHONE' && user?.status === 'ACTIVE'
    // The code sets the phone number of its own account only, and only for the signed-in owner.
    if (setsPhone && !isCaller(user, caller)) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    const spent = await this.#spend(challenge, code, client)
    if (!user) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    return this.#restoreOnOutage(challenge, async () => {
      if (spent.phone) await this.#deps.smsGuard.verified(spent.phone)
      if (setsPhone && spent.phone) return this.#setPhone(user, spent.phone, client)
      if (purpose === 'RESET_PASSWORD') return this.#issueResetGrant(user, spent)
      const condition = toSignInCondition(user, challenge, purpose, spent.channel)
      const progress = await this.#signIn(user, challenge, condition, client)
      if (!progress) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
      return progress
    })
  }

  /** Verifies the link of a message and its e-mail address; signs in if `signsIn`. Throws `TOKEN_INVALID`. */
  async verifyByLink(token: string, signsIn: boolean, client: ClientFacts): Promise<VerifiedLink> {
    const { users, otp } = this.#deps
    const challenge = await otp.findByLink(token)
    const user = await users.findById(challenge.userId ?? NO_ACCOUNT)
    if (!user) throw new AuthError('TOKEN_INVALID')
    await otp.spendByLink(challenge)
    return this.#restoreOnOutage(challenge, async () => {
      const condition = toSignInCondition(user, challenge, 'VERIFY_EMAIL', 'EMAIL')
      if (!signsIn) return { user: await this.#verifyEmail(user, condition, client), progress: null }
      const progress = await this.#signIn(user, challenge, condition, client)
      if (!progress) throw new AuthError('TOKEN_INVALID')
      return { user: progress.kind === 'signed-in' ? progress.signIn.user : user, progress }
    })
  }

  /** Makes the spent code valid again if a store fails in the operation. */
  async #restoreOnOutage<Result>(
    challenge: FoundChallenge,
    operation: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await operation()
    } catch (error) {
      // The caller must get the first error: if this fails too, a new code must be requested.
      if (isRefusal(error, 'SERVICE_UNAVAILABLE'))
        await this.#deps.otp.restore(challenge).catch(() => undefined)
      throw error
    }
  }

  async #spend(challenge: FoundChallenge, code: string, client: ClientFacts): Promise<SpentCode> {
    const { otp, identifyRequester, audit } = this.#deps
    try {
      return await otp.spend(challenge, code, identifyRequester(client, challenge.userId))
    } catch (error) {
      const userId = challenge.userId ?? undefined
      if (error instanceof AuthError) audit.record('authn_otp_fail', { userId, reason: error.code }, client)
      throw error
    }
  }

  /**
   * A PENDING account gets a grant too: it becomes ACTIVE with the password that its owner chooses, never
   * with one that a stranger registered.
   */
  async #issueResetGrant(user: User, { channel }: SpentCode): Promise<VerifyOutcome> {
    if (user.status === 'SUSPENDED') throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    const factor = await this.#deps.secondFactors.find(user.id)
    const grant = await this.#deps.resetGrants.issue(user, channel)
    return { kind: 'reset-granted', grant, mfaMethods: factor ? listMfaMethods(factor) : [] }
  }

  async #setPhone(user: User, phone: PhoneNumber, client: ClientFacts): Promise<VerifyOutcome> {
    const { users, notifications, audit, now } = this.#deps
    const at = new Date(now())
    if (!(await users.setPhone(user.id, phone, at))) throw new AuthError('CONFLICT')
    audit.record('user_phone_verified', { userId: user.id }, client)
    await notifications.send(toRecipient(user), { kind: 'phone-changed', phone: maskPhone(phone) })
    return { kind: 'phone-verified', user: { ...user, phone, phoneVerifiedAt: at } }
  }

  async #verifyEmail(
    { id, securityStamp }: User,
    { dropsPassword }: SignInCondition,
    client: ClientFacts,
  ): Promise<User> {
    const { users, audit, now } = this.#deps
    const verified = await users.verifyEmail(id, securityStamp, dropsPassword, new Date(now()))
    if (!verified) throw new AuthError('TOKEN_INVALID')
    audit.record('user_email_verified', { userId: id }, client)
    return verified
  }

  /** Null when the account cannot sign in. */
  async #signIn(
    user: User,
    { proof }: FoundChallenge,
    condition: SignInCondition & { readonly proves: Channel },
    client: ClientFacts,
  ): Promise<SignInProgress | null> {
    const methods = [CHANNELS[condition.proves].authenticationMethod]
    const outcome = await this.#deps.gate.begin(user, { methods, proofHash: proof }, condition, client)
    return isRefused(outcome) ? null : outcome
  }
}

function isCaller(user: User, caller: Caller): boolean {
  return caller.kind === 'signed-in' && caller.userId === user.id
}

/**
 * A code proves who owns the contact, not who chose the password of an account that was never verified
 * (SR-013). The password is kept only if a single registration named the contact, or if this is the
 * challenge, by its id, that the last registration opened; otherwise it is removed when the account becomes
 * ACTIVE.
 */
function toSignInCondition(
  user: User,
  { path, stored }: FoundChallenge,
  purpose: OtpPurpose,
  channel: Channel,
): SignInCondition & { readonly proves: Channel } {
  const isOnlyRegistration = user.securityStamp === 1
  const isOwnRegistration = path === 'challenge' && stored?.record.securityStamp === user.securityStamp
  const keepsPassword = purpose === 'VERIFY_EMAIL' && (isOnlyRegistration || isOwnRegistration)
  return { proves: channel, dropsPassword: !keepsPassword }
}
