import { z } from 'zod'
import type { ClientFacts, SignedInCaller } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import { boundedText, emailAddress, newPassword, parseInput, presentedPassword } from '../../core/input.ts'
import type { Passwords } from '../../core/passwords.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { LoginGuard } from '../limits/login-guard.ts'
import type { VisitorOf } from '../limits/visitors.ts'
import type { NoticeService } from '../notices/notice-service.ts'
import type { OpenedChallenge } from '../otp/otp-service.ts'
import type { SignIn } from '../sessions/session-issuer.ts'
import type { SessionService } from '../sessions/session-service.ts'
import type { OtpSignInService } from './otp-sign-in-service.ts'

/** What accounts need. */
export interface AccountDependencies {
  readonly users: Users
  readonly passwords: Passwords
  readonly sessions: SessionService
  readonly otpSignIn: OtpSignInService
  readonly loginGuard: LoginGuard
  readonly visitorOf: VisitorOf
  readonly notices: NoticeService
  readonly audit: AuditService
  readonly random: Random
  readonly now: Clock
  /** Code points, 8 to 64. */
  readonly passwordMinLength: number
}

const loginInput = z.object({ email: emailAddress, password: presentedPassword })

/** Registration, sign-in by password, and who one is. */
export class AccountService {
  readonly #deps: AccountDependencies
  readonly #registerInput

  constructor(deps: AccountDependencies) {
    this.#deps = deps
    this.#registerInput = z.object({
      email: emailAddress,
      password: newPassword(deps.passwordMinLength).nullish(),
      fullName: boundedText(1, 200).nullish(),
      locale: z
        .string()
        .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a BCP 47 language tag')
        .nullish(),
    })
  }

  /**
   * Begins an account: PENDING until the code sent to its address is verified. The answer and the work are the same whether
   * or not the address is taken; only its owner is told. Throws `BAD_USER_INPUT` or `RATE_LIMITED`.
   */
  async register(input: unknown, client: ClientFacts): Promise<OpenedChallenge> {
    const { users, passwords, notices, audit, otpSignIn, random, now } = this.#deps
    const { email, password, fullName, locale } = parseInput(this.#registerInput, input)
    const admission = await otpSignIn.admit('VERIFY_EMAIL', email, client, null)
    const passwordHash = password == null ? null : await passwords.hash(password)
    const registration = {
      id: newId(random),
      email,
      passwordHash,
      fullName: fullName ?? null,
      locale: locale ?? null,
    }
    const user = await users.register({ ...registration, now: new Date(now()) })
    audit.record(user ? 'user_created' : 'user_registration_taken', { userId: user?.id }, client)
    const challenge = await otpSignIn.challenge('VERIFY_EMAIL', email, user, admission, client)
    const languages = [locale ?? null, client.acceptLanguage]
    if (!user)
      await notices.send(
        { contact: { channel: 'EMAIL', address: email }, languages },
        { kind: 'address-taken' },
      )
    return challenge
  }

  /** Signs in by password. Every cause of failure is one answer, `INVALID_CREDENTIALS`, after the same work. */
  async login(input: unknown, client: ClientFacts): Promise<SignIn> {
    const { users, passwords, loginGuard, visitorOf, sessions, audit } = this.#deps
    const { email, password } = parseInput(loginInput, input)
    // SQL is asked first: while it cannot answer, no attempt is counted.
    const found = await users.findCredentials(email)
    const visitor = visitorOf(client, found?.user.id ?? null)
    await loginGuard.admit(email, visitor).catch((error: unknown) => {
      if (isLimit(error)) audit.record('authn_login_fail_max', { userId: found?.user.id }, client)
      throw error
    })
    const fits = await passwords.matches(found?.passwordHash ?? null, password)
    const started =
      found && fits && (await sessions.start(found.user, BY_PASSWORD, PROVES_NOTHING_MORE, client))
    if (!started || typeof started === 'string') {
      audit.record('authn_login_fail', { userId: found?.user.id }, client)
      throw new AuthError('INVALID_CREDENTIALS')
    }
    await loginGuard.succeeded(email, visitor)
    audit.record('authn_login_success', { userId: started.user.id, sessionId: started.session.id }, client)
    return started
  }

  /** The caller's own account; `UNAUTHENTICATED` when it is gone. */
  async profile(caller: SignedInCaller): Promise<User> {
    const user = await this.#deps.users.findById(caller.userId)
    if (!user) throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_INVALID' })
    return user
  }
}

function isLimit(error: unknown): boolean {
  return error instanceof AuthError && error.code === 'RATE_LIMITED'
}

/** `pwd` of RFC 8176. */
const BY_PASSWORD = { methods: ['pwd'], startedBy: null }
const PROVES_NOTHING_MORE = { provesEmail: false, dropsPassword: false }
