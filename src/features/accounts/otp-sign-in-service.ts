import { z } from 'zod'
import type { ClientFacts } from '../../core/caller.ts'
import { maskEmail, type EmailAddress } from '../../core/contact.ts'
import { AuthError, badInput } from '../../core/errors.ts'
import { networkOf } from '../../core/network.ts'
import { emailAddress, parseInput } from '../../core/input.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { LoginGuard } from '../limits/login-guard.ts'
import type { VisitorOf } from '../limits/visitors.ts'
import type { NoticeService } from '../notices/notice-service.ts'
import type { OtpPurpose } from '../otp/otp-record.ts'
import type {
  Admission,
  ChallengeReference,
  FoundChallenge,
  OpenedChallenge,
  OtpPlace,
  OtpService,
} from '../otp/otp-service.ts'
import type { SignIn } from '../sessions/session-issuer.ts'
import type { SessionService } from '../sessions/session-service.ts'

/** What signing in by code needs. */
export interface OtpSignInDependencies {
  readonly users: Users
  readonly otp: OtpService
  readonly sessions: SessionService
  readonly notices: NoticeService
  readonly loginGuard: LoginGuard
  readonly visitorOf: VisitorOf
  readonly audit: AuditService
}

/** A challenge and where its code went. */
export interface SentChallenge extends OpenedChallenge {
  readonly channel: 'EMAIL'
  /** Masked. */
  readonly destination: string
}

const purpose = z.enum(['LOGIN', 'VERIFY_EMAIL'])
const requestInput = z.object({ email: emailAddress, purpose })
const verifyInput = z.object({
  challengeId: z.string().max(128, 'is too long').nullish(),
  email: emailAddress.nullish(),
  purpose,
  code: z.string().regex(/^\d{4,10}$/, 'must be the digits of the code'),
})

/** Sends codes and signs in whoever brings them back. */
export class OtpSignInService {
  readonly #deps: OtpSignInDependencies

  constructor(deps: OtpSignInDependencies) {
    this.#deps = deps
  }

  /** Sends a code to an address, if an account may use it; the answer is the same if not. Throws `BAD_USER_INPUT` or `RATE_LIMITED`. */
  async request(input: unknown, client: ClientFacts): Promise<SentChallenge> {
    const { email, purpose } = parseInput(requestInput, input)
    const found = await this.#deps.users.findCredentials(email)
    const admission = await this.admit(purpose, email, client, found?.user.id ?? null)
    const user = found && found.user.status !== 'SUSPENDED' ? found.user : null
    const challenge = await this.challenge(purpose, email, user, admission, client)
    return { ...challenge, channel: 'EMAIL', destination: maskEmail(email) }
  }

  /** Leave to send a code to an address; `userId`: whose it is, null for nobody's. Throws `RATE_LIMITED`. */
  admit(
    purpose: OtpPurpose,
    email: EmailAddress,
    client: ClientFacts,
    userId: string | null,
  ): Promise<Admission> {
    const { otp, visitorOf } = this.#deps
    return otp.admit(placeOf(purpose, email), visitorOf(client, userId))
  }

  /** Opens a challenge for an address and, where there is a user, sends the code. Without one the challenge is a decoy. */
  async challenge(
    purpose: OtpPurpose,
    email: EmailAddress,
    user: User | null,
    admission: Admission,
    client: ClientFacts,
  ): Promise<OpenedChallenge> {
    const { otp, notices, audit } = this.#deps
    const challenge = await otp.open(placeOf(purpose, email), user?.id ?? null, admission)
    if (user) {
      const minutes = Math.ceil(challenge.expiresIn / 60)
      const contact = { channel: 'EMAIL', address: email } as const
      const recipient = { contact, languages: [user.locale, client.acceptLanguage] }
      await notices.send(recipient, { kind: 'code', purpose, code: challenge.code, minutes, link: null })
      audit.record('authn_otp_sent', { userId: user.id, reason: purpose }, client)
    }
    return challenge
  }

  /** Spends a code and signs its account in. While SQL cannot answer, no guess is counted; when it fails after the code was spent, the code is good again. */
  async verify(input: unknown, client: ClientFacts): Promise<SignIn> {
    const { challengeId, email, purpose, code } = parseInput(verifyInput, input)
    const { users, otp } = this.#deps
    const challenge = await otp.find(referenceOf(challengeId ?? null, email ?? null, purpose))
    const user = await users.findById(challenge.userId ?? NOBODY)
    await this.#spend(challenge, code, client)
    if (!user) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    try {
      return await this.#signIn(user, challenge, purpose, client)
    } catch (error) {
      // The refusal is what the caller must hear: should this fail too, a new code has to be asked for.
      if (isOutage(error)) await otp.restore(challenge).catch(() => undefined)
      throw error
    }
  }

  async #spend(challenge: FoundChallenge, code: string, client: ClientFacts): Promise<void> {
    const { otp, visitorOf, audit } = this.#deps
    try {
      await otp.spend(challenge, code, visitorOf(client, challenge.userId))
    } catch (error) {
      const userId = challenge.userId ?? undefined
      if (error instanceof AuthError) audit.record('authn_otp_fail', { userId, reason: error.code }, client)
      throw error
    }
  }

  async #signIn(
    user: User,
    { proof }: FoundChallenge,
    purpose: OtpPurpose,
    client: ClientFacts,
  ): Promise<SignIn> {
    const { sessions, loginGuard, audit } = this.#deps
    // A code asked for to sign in shows whose mailbox it is, not who chose the password of an account never confirmed.
    const condition = { provesEmail: true, dropsPassword: purpose === 'LOGIN' }
    const started = await sessions.start(user, { methods: ['otp'], startedBy: proof }, condition, client)
    if (typeof started === 'string') throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    if (user.email) await loginGuard.remember(user.email, networkOf(client.ipAddress))
    audit.record('authn_login_success', { userId: user.id, sessionId: started.session.id }, client)
    return started
  }
}

/** The id of no account: a decoy costs the same look-up. */
const NOBODY = 'nobody'

function isOutage(error: unknown): boolean {
  return error instanceof AuthError && error.code === 'SERVICE_UNAVAILABLE'
}

function placeOf(purpose: OtpPurpose, email: EmailAddress): OtpPlace {
  return { purpose, channel: 'EMAIL', destination: email }
}

function referenceOf(
  challengeId: string | null,
  email: EmailAddress | null,
  purpose: OtpPurpose,
): ChallengeReference {
  if (challengeId !== null && email === null) return { kind: 'challenge', challengeId, purpose }
  if (email !== null && challengeId === null) {
    return { kind: 'place', place: placeOf(purpose, email) }
  }
  throw badInput({
    path: ['input'],
    code: 'EXACTLY_ONE',
    message: 'exactly one of challengeId and email must be given',
  })
}
