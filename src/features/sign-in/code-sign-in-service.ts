import { z } from 'zod'
import type { Caller, ClientFacts } from '../../core/caller.ts'
import { AuthError, isRefusal } from '../../core/errors.ts'
import { parseInput } from '../../core/input.ts'
import { maskPhone, type PhoneNumber } from '../../core/phone.ts'
import type { Clock } from '../../ports/clock.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { SmsGuard } from '../limits/sms-guard.ts'
import { NO_ACCOUNT, type IdentifyRequester } from '../limits/requester.ts'
import type { SignInCondition } from './mfa-challenges.ts'
import { methodsOf, type MfaMethod, type SecondFactorService } from '../mfa/second-factor-service.ts'
import type { SignInGate, SignInProgress } from './sign-in-gate.ts'
import { toRecipient } from '../notifications/notification.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import { otpPurpose, type OtpPurpose } from '../otp/otp-record.ts'
import type { ChallengeReference, FoundChallenge, OtpService } from '../otp/otp-service.ts'
import type { NewResetGrant, PasswordResetGrants } from '../passwords/reset-grants.ts'
import { contactFields, parseContact, requireMatchingChannel, exactlyOne } from '../otp/contact-input.ts'

/** What signing in by code needs. */
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

/** What a right code led to. */
export type VerifyOutcome =
  | SignInProgress
  | { readonly kind: 'phone-verified'; readonly user: User }
  | {
      readonly kind: 'reset-granted'
      readonly grant: NewResetGrant
      readonly mfaMethods: readonly MfaMethod[]
    }

const verifyInput = z.object({
  ...contactFields,
  challengeId: z.string().max(128, 'is too long').nullish(),
  purpose: otpPurpose,
  code: z.string().regex(/^\d{4,10}$/, 'must be the digits of the code'),
})

/** Takes codes and links back: signs in whoever brings them, or gives their account a number. */
export class CodeSignInService {
  readonly #deps: CodeSignInDependencies

  constructor(deps: CodeSignInDependencies) {
    this.#deps = deps
  }

  /** Spends a code. While SQL cannot answer, no guess is counted; when it fails after the code was spent, the code is good again. */
  async verify(input: unknown, caller: Caller): Promise<VerifyOutcome> {
    const { purpose, code, ...named } = parseInput(verifyInput, input)
    const { users, otp } = this.#deps
    const challenge = await otp.find(referenceOf(named, purpose))
    const user = await users.findById(challenge.userId ?? NO_ACCOUNT)
    const givesNumber = purpose === 'VERIFY_PHONE' && user?.status === 'ACTIVE'
    // The code alone, in other hands than the account's, shows nothing of the account and changes nothing of it.
    if (givesNumber && !isCaller(user, caller)) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    await this.#spend(challenge, code, caller.client)
    if (!user) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    return this.#orRestore(challenge, async () => {
      const phone = await this.#countReturn(challenge)
      if (givesNumber && phone) return this.#givePhone(user, phone, caller.client)
      if (purpose === 'RESET_PASSWORD') return this.#grantReset(user, phone ? 'SMS' : 'EMAIL')
      const condition = conditionOf(user, challenge, purpose, phone)
      const progress = await this.#signIn(user, challenge, condition, caller.client)
      if (!progress) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
      return progress
    })
  }

  /**
   * Spends the link of a message and confirms its address. Signs in too, unless that is not wanted. Throws `TOKEN_INVALID`.
   */
  async verifyByLink(
    token: string,
    signsIn: boolean,
    client: ClientFacts,
  ): Promise<{ readonly user: User; readonly progress: SignInProgress | null }> {
    const { users, otp, audit, now } = this.#deps
    const challenge = await otp.findByLink(token)
    const user = await users.findById(challenge.userId ?? NO_ACCOUNT)
    if (!user) throw new AuthError('TOKEN_INVALID')
    await otp.spendByLink(challenge)
    return this.#orRestore(challenge, async () => {
      const condition = conditionOf(user, challenge, 'VERIFY_EMAIL', null)
      if (signsIn) {
        const progress = await this.#signIn(user, challenge, condition, client)
        if (!progress) throw new AuthError('TOKEN_INVALID')
        return { user: progress.kind === 'signed-in' ? progress.signIn.user : user, progress }
      }
      const verified = await users.verifyEmail(
        user.id,
        user.securityStamp,
        condition.dropsPassword,
        new Date(now()),
      )
      if (!verified) throw new AuthError('TOKEN_INVALID')
      audit.record('user_email_verified', { userId: user.id }, client)
      return { user: verified, progress: null }
    })
  }

  /** Where a store fails after the code was spent, the code is good again. */
  async #orRestore<Result>(challenge: FoundChallenge, conclude: () => Promise<Result>): Promise<Result> {
    try {
      return await conclude()
    } catch (error) {
      // The refusal is what the caller must hear: should this fail too, a new code has to be asked for.
      if (isRefusal(error, 'SERVICE_UNAVAILABLE'))
        await this.#deps.otp.restore(challenge).catch(() => undefined)
      throw error
    }
  }

  async #spend(challenge: FoundChallenge, code: string, client: ClientFacts): Promise<void> {
    const { otp, identifyRequester, audit } = this.#deps
    try {
      await otp.spend(challenge, code, identifyRequester(client, challenge.userId))
    } catch (error) {
      const userId = challenge.userId ?? undefined
      if (error instanceof AuthError) audit.record('authn_otp_fail', { userId, reason: error.code }, client)
      throw error
    }
  }

  /** The number that the code went to, if it was one: its prefix is good for something. */
  async #countReturn(challenge: FoundChallenge): Promise<PhoneNumber | null> {
    const phone = this.#deps.otp.phoneOf(challenge)
    if (phone) await this.#deps.smsGuard.verified(phone)
    return phone
  }

  /** A PENDING account gets a grant too: it turns ACTIVE with the password that its owner chooses, never with one that a stranger registered. */
  async #grantReset(user: User, proves: 'EMAIL' | 'SMS'): Promise<VerifyOutcome> {
    if (user.status === 'SUSPENDED') throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    const factor = await this.#deps.secondFactors.find(user.id)
    const grant = await this.#deps.resetGrants.issue(user, proves)
    return { kind: 'reset-granted', grant, mfaMethods: factor ? methodsOf(factor) : [] }
  }

  async #givePhone(user: User, phone: PhoneNumber, client: ClientFacts): Promise<VerifyOutcome> {
    const { users, notifications, audit, now } = this.#deps
    const at = new Date(now())
    if (!(await users.setPhone(user.id, phone, at))) throw new AuthError('CONFLICT')
    audit.record('user_phone_verified', { userId: user.id }, client)
    await notifications.send(toRecipient(user), { kind: 'phone-changed', phone: maskPhone(phone) })
    return { kind: 'phone-verified', user: { ...user, phone, phoneVerifiedAt: at } }
  }

  /** Null where the account may not be signed in to. */
  async #signIn(
    user: User,
    { proof }: FoundChallenge,
    condition: SignInCondition,
    client: ClientFacts,
  ): Promise<SignInProgress | null> {
    const methods = [condition.proves === 'SMS' ? 'sms' : 'otp']
    const progress = await this.#deps.gate.begin(user, { methods, proofHash: proof }, condition, client)
    return typeof progress === 'string' ? null : progress
  }
}

function isCaller(user: User, caller: Caller): boolean {
  return caller.kind === 'signed-in' && caller.userId === user.id
}

/**
 * Whoever brings a code back shows whose mailbox or phone it is, not who chose the password of an account never confirmed
 * (statement 13). The password is kept where only one registration ever named the address, or where this is the very challenge
 * that the last registration opened, by its id; otherwise it is dropped as the account turns ACTIVE.
 */
function conditionOf(
  user: User,
  { path, stored }: FoundChallenge,
  purpose: OtpPurpose,
  phone: PhoneNumber | null,
): SignInCondition {
  const onlyRegistration = user.securityStamp === 1
  const ownRegistration = path === 'challenge' && stored?.record.securityStamp === user.securityStamp
  const choseIt = purpose === 'VERIFY_EMAIL' && (onlyRegistration || ownRegistration)
  return { proves: phone ? 'SMS' : 'EMAIL', dropsPassword: !choseIt }
}

function referenceOf(
  { challengeId, email, phone }: Omit<z.output<typeof verifyInput>, 'purpose' | 'code'>,
  purpose: OtpPurpose,
): ChallengeReference {
  exactlyOne({ challengeId, email, phone })
  if (typeof challengeId === 'string') return { kind: 'challenge', challengeId, purpose }
  const contact = parseContact({ email, phone })
  requireMatchingChannel(purpose, contact)
  return { kind: 'place', place: { purpose, contact } }
}
