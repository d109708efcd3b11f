import type { Caller, ClientFacts } from '../../core/caller.ts'
import { CHANNELS, toBilledPhone, type Contact } from '../../core/channel.ts'
import { AuthError, isRefusal, tolerateOutage } from '../../core/errors.ts'
import { parseInput } from '../../core/input.ts'
import { findNamedLanguage } from '../../core/languages.ts'
import type { User } from '../../ports/users.ts'
import { NO_ACCOUNT, toStranger, type Requester } from '../limits/requester.ts'
import { listMfaMethods } from '../mfa/second-factor-service.ts'
import { toRecipient } from '../notifications/notification.ts'
import type { FoundChallenge } from '../otp/otp-challenge.ts'
import {
  isPhoneChange,
  mayChangePhone,
  readUserId,
  toSecurityStamp,
  toSignInCondition,
} from './code-conditions.ts'
import type { CodeSignInDependencies, VerifiedLink, VerifyOutcome } from './code-sign-in-outcomes.ts'
import { isRefused, type SignInProgress } from './sign-in-gate.ts'
import { reportVerification } from './verification-report.ts'
import { toChallengeReference, verifyOtpInput, type GivenCode } from './verify-otp-input.ts'

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
    const given = parseInput(verifyOtpInput, input)
    const { onVerification } = this.#deps
    return reportVerification(onVerification, given.purpose, () => this.#verifyCode(given, caller))
  }

  async #verifyCode({ purpose, code, ...fields }: GivenCode, caller: Caller): Promise<VerifyOutcome> {
    const { users, otp } = this.#deps
    const { client } = caller
    const codes = await otp.find(toChallengeReference(fields, purpose), readUserId(caller))
    const account = await users.findById(codes.userId ?? NO_ACCOUNT)
    const setsPhone = !codes.refusal && isPhoneChange(codes, purpose, account)
    // The code sets the phone number of its own account only, and only for the signed-in owner.
    if (setsPhone && !mayChangePhone(codes, caller)) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    const isStranger = setsPhone || codes.openerId !== null
    const requester = isStranger ? toStranger(client) : this.#deps.identifyRequester(client, account)
    const challenge = otp.select(codes, requester)
    const user = account?.id === challenge.userId ? account : null
    await this.#spend(challenge, code, requester, client)
    // Where the code sets the number, the account does not have it yet.
    const contact = user && (setsPhone ? otp.readSealedContact(challenge) : otp.findContact(challenge, user))
    if (!contact) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    const outcome = await this.#restoreOnOutage(challenge, async () => {
      const phone = toBilledPhone(contact)
      if (phone) await this.#deps.smsGuard.verified(phone, purpose === 'VERIFY_PHONE')
      if (setsPhone) return this.#setPhone(user, challenge, contact, client)
      if (purpose === 'RESET_PASSWORD') return this.#issueResetGrant(user, challenge, contact)
      const progress = await this.#signIn(user, challenge, contact, client)
      if (!progress) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
      return progress
    })
    await tolerateOutage(this.#deps.sendLimiter.endPause(contact))
    return outcome
  }

  /**
   * Verifies the link of a message and its e-mail address; signs in if `signsIn`. Throws `TOKEN_INVALID`,
   * with the reason `ALREADY_VERIFIED` if the address is verified already: only its mailbox got the link.
   */
  verifyByLink(token: string, signsIn: boolean, client: ClientFacts): Promise<VerifiedLink> {
    const work = () => this.#verifyLink(token, signsIn, client)
    return reportVerification(this.#deps.onVerification, 'VERIFY_EMAIL', work)
  }

  async #verifyLink(token: string, signsIn: boolean, client: ClientFacts): Promise<VerifiedLink> {
    const challenge = await this.#deps.otp.findByLink(token)
    const { user, contact } = await this.#findLinked(challenge)
    if (!contact) throw new AuthError('TOKEN_INVALID')
    try {
      const verified = await this.#spendLink(challenge, user, contact, signsIn, client)
      await tolerateOutage(this.#deps.sendLimiter.endPause(contact))
      return verified
    } catch (error) {
      if (!isRefusal(error, 'TOKEN_INVALID')) throw error
      const current = await this.#findLinked(challenge)
      throw current.contact && current.user.emailVerifiedAt
        ? new AuthError('TOKEN_INVALID', { reason: 'ALREADY_VERIFIED' })
        : error
    }
  }

  /** The account of a link and the contact that it was sent to; null if the account no longer has it. */
  async #findLinked(challenge: FoundChallenge) {
    const { users, otp } = this.#deps
    const user = await users.findById(challenge.userId ?? NO_ACCOUNT)
    const contact = user && otp.findContact(challenge, user)
    return contact ? { user, contact } : { user: null, contact: null }
  }

  async #spendLink(
    challenge: FoundChallenge,
    user: User,
    contact: Contact,
    signsIn: boolean,
    client: ClientFacts,
  ): Promise<VerifiedLink> {
    await this.#deps.otp.spendByLink(challenge)
    return this.#restoreOnOutage(challenge, async () => {
      if (!signsIn) return { user: await this.#verifyEmail(user, challenge, contact, client), progress: null }
      const progress = await this.#signIn(user, challenge, contact, client)
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

  async #spend(
    challenge: FoundChallenge,
    code: string,
    requester: Requester,
    client: ClientFacts,
  ): Promise<void> {
    const { otp, audit } = this.#deps
    try {
      return await otp.spend(challenge, code, requester)
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
  async #issueResetGrant(user: User, challenge: FoundChallenge, contact: Contact): Promise<VerifyOutcome> {
    const securityStamp = toSecurityStamp(user, challenge)
    if (user.status === 'SUSPENDED' || user.securityStamp !== securityStamp)
      throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    const factor = await this.#deps.secondFactors.find(user.id)
    const grant = await this.#deps.resetGrants.issue({ userId: user.id, securityStamp, contact })
    return { kind: 'reset-granted', grant, mfaMethods: factor ? listMfaMethods(factor) : [] }
  }

  async #setPhone(
    user: User,
    challenge: FoundChallenge,
    contact: Contact,
    client: ClientFacts,
  ): Promise<VerifyOutcome> {
    if (contact.channel !== 'SMS') throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    const change = { phone: contact.address, securityStamp: toSecurityStamp(user, challenge) }
    const changed = await this.#deps.phoneNumbers.set(user, change, client)
    return { kind: 'phone-verified', ...changed }
  }

  async #verifyEmail(
    user: User,
    challenge: FoundChallenge,
    contact: Contact,
    client: ClientFacts,
  ): Promise<User> {
    const { users, audit, now } = this.#deps
    const verified = await this.#attempt(user, async (current) => {
      const condition = this.#toCondition(current, challenge, contact, client)
      const verification = {
        ...condition,
        userId: user.id,
        contact,
        locale: findNamedLanguage(client.acceptLanguage, this.#deps.languages.supported),
      }
      const verified = await users.verifyEmail(verification, new Date(now()))
      if (verified) await this.#notifyDroppedPassword(current, verified)
      return verified
    })
    if (!verified) throw new AuthError('TOKEN_INVALID')
    audit.record('user_email_verified', { userId: user.id }, client)
    return verified
  }

  /** Null when the account cannot sign in. */
  #signIn(
    user: User,
    challenge: FoundChallenge,
    contact: Contact,
    client: ClientFacts,
  ): Promise<SignInProgress | null> {
    const proof = {
      methods: [CHANNELS[contact.channel].authenticationMethod],
      proofHash: challenge.proof,
    }
    return this.#attempt(user, async (current) => {
      const condition = this.#toCondition(current, challenge, contact, client)
      const outcome = await this.#deps.gate.begin(current, proof, condition, client)
      if (isRefused(outcome)) return null
      if (outcome.kind === 'signed-in') await this.#notifyDroppedPassword(current, outcome.signIn.user)
      return outcome
    })
  }

  #toCondition(user: User, challenge: FoundChallenge, contact: Contact, client: ClientFacts) {
    const isRegistrant = this.#deps.registrations.prove(client.registrationToken, user)
    return toSignInCondition(user, challenge, contact, isRegistrant)
  }

  /** The account is verified: an outage must not undo that. `hasPassword` says the same. */
  async #notifyDroppedPassword(before: User, after: User): Promise<void> {
    if (!before.hasPassword || after.hasPassword) return
    await tolerateOutage(this.#deps.notifications.send(toRecipient(after), { kind: 'password-dropped' }))
  }

  /**
   * Attempts to use a spent code, and again if a registration has replaced the data of a PENDING account
   * since it was read: a stranger who registers the address must not end the proof of its owner (SR-181).
   */
  async #attempt<Result>(
    user: User,
    attempt: (user: User) => Promise<Result | null>,
  ): Promise<Result | null> {
    const result = await attempt(user)
    if (result !== null || user.status !== 'PENDING') return result
    const current = await this.#deps.users.findById(user.id)
    const isReplaced = current?.status === 'PENDING' && current.securityStamp !== user.securityStamp
    return isReplaced ? this.#attempt(current, attempt) : null
  }
}
