import { z } from 'zod'
import type { ClientFacts, SignedInCaller } from '../../core/caller.ts'
import type { Contact } from '../../core/contact.ts'
import { AuthError } from '../../core/errors.ts'
import {
  boundedText,
  emailAddress,
  languageTag,
  parseInput,
  phoneNumber,
  presentedPassword,
} from '../../core/input.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Passwords } from '../../ports/password-hasher.ts'
import type { User, UserCredentials, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { SignInGate, SignInProgress } from '../sign-in/sign-in-gate.ts'
import type { OtpPurpose } from '../otp/otp-record.ts'
import type { OpenedChallenge } from '../otp/otp-service.ts'
import type { PasswordCheckService } from '../passwords/password-check-service.ts'
import type { PasswordPolicy } from '../passwords/password-policy.ts'
import type { OtpChallengeService } from '../otp/otp-challenge-service.ts'

/** What accounts need. */
export interface AccountDependencies {
  readonly users: Users
  readonly passwords: Passwords
  readonly gate: SignInGate
  readonly otpChallenges: OtpChallengeService
  readonly passwordChecks: PasswordCheckService
  readonly passwordPolicy: PasswordPolicy
  readonly audit: AuditService
  readonly log: Log
  readonly random: Random
  readonly now: Clock
}

/** What a registrant says of themselves. */
const ABOUT = { fullName: boundedText(1, 200).nullish(), locale: languageTag.nullish() }

/** Who registers. `hash`: of the password, null without one. */
interface Newcomer extends z.output<z.ZodObject<typeof ABOUT>> {
  readonly contact: Contact
  readonly purpose: OtpPurpose
  readonly hash: () => Promise<string | null>
}

const registerPhoneInput = z.object({ phone: phoneNumber, ...ABOUT })
const loginInput = z.object({ email: emailAddress, password: presentedPassword })

/** Registration, sign-in by password, and who one is. */
export class AccountService {
  readonly #deps: AccountDependencies
  readonly #registerInput

  constructor(deps: AccountDependencies) {
    this.#deps = deps
    this.#registerInput = z.object({
      email: emailAddress,
      password: deps.passwordPolicy.password.nullish(),
      ...ABOUT,
    })
  }

  /**
   * Begins an account: PENDING until the code sent to its address is verified. The answer and the work are the same whether
   * or not the address is taken; only its owner is told. Throws `BAD_USER_INPUT` or `RATE_LIMITED`.
   */
  async register(input: unknown, client: ClientFacts): Promise<OpenedChallenge> {
    const { passwords, passwordPolicy } = this.#deps
    const { password, email, ...about } = parseInput(this.#registerInput, input)
    const contact = { channel: 'EMAIL', address: email } as const
    const person = { ...about, contact, purpose: 'VERIFY_EMAIL' } as const
    if (password == null) return this.#begin({ ...person, hash: async () => null }, client)
    await passwordPolicy.admit(password, [email, about.fullName], 'password')
    return passwords.reserve((hasher) =>
      this.#begin({ ...person, hash: () => hasher.hash(password) }, client),
    )
  }

  /** The same for a phone number. Such an account signs in by codes. */
  async registerPhone(input: unknown, client: ClientFacts): Promise<OpenedChallenge> {
    const { phone, ...about } = parseInput(registerPhoneInput, input)
    const contact = { channel: 'SMS', address: phone } as const
    return this.#begin({ ...about, contact, purpose: 'VERIFY_PHONE', hash: async () => null }, client)
  }

  async #begin(newcomer: Newcomer, client: ClientFacts): Promise<OpenedChallenge> {
    const { users, audit, otpChallenges, random, now } = this.#deps
    const { contact, purpose, hash } = newcomer
    // Whoever registers is a stranger: no device is known to an account that is not there yet.
    await otpChallenges.admit(contact, client, null)
    const fullName = newcomer.fullName ?? null
    const locale = newcomer.locale ?? null
    const passwordHash = await hash()
    const registration = { id: newId(random), contact, passwordHash, fullName, locale, now: new Date(now()) }
    const user = await users.register(registration)
    audit.record(user ? 'user_created' : 'user_registration_taken', { userId: user?.id }, client)
    const sending = { purpose, contact, languages: [locale, client.acceptLanguage], client }
    return otpChallenges.send(sending, user, true)
  }

  /**
   * Signs in by password, or leads to the second step. Every cause of failure is one answer, `INVALID_CREDENTIALS`, after the
   * same work.
   */
  async login(input: unknown, client: ClientFacts): Promise<SignInProgress> {
    const { users, passwords, passwordChecks, gate, audit } = this.#deps
    const { email, password } = parseInput(loginInput, input)
    const { found, fits } = await passwords.reserve(async (hasher) => {
      // SQL is asked first: while it cannot answer, no attempt is counted.
      const found = await users.findCredentials(email)
      return { found, fits: await passwordChecks.fits(hasher, { subject: email, found, password }, client) }
    })
    const progress = found && fits && (await gate.begin(found.user, BY_PASSWORD, PROVES_NOTHING_MORE, client))
    if (!progress || typeof progress === 'string') {
      audit.record('authn_login_fail', { userId: found?.user.id }, client)
      throw new AuthError('INVALID_CREDENTIALS')
    }
    await this.#renewHash(found, password)
    return progress
  }

  /** Remakes a hash of another cost than today's, now that the password is at hand. Whether it succeeds is nobody's concern: the next sign-in tries again. */
  async #renewHash({ user, passwordHash }: UserCredentials, password: string): Promise<void> {
    const { users, passwords, log, now } = this.#deps
    if (passwordHash === null || passwords.isCurrent(passwordHash)) return
    try {
      const next = await passwords.reserve((hasher) => hasher.hash(password))
      await users.replacePasswordHash(user.id, passwordHash, next, new Date(now()))
    } catch (cause) {
      log.warn({ err: cause }, 'a password hash could not be remade')
    }
  }

  /** The caller's own account; `UNAUTHENTICATED` when it is gone. */
  async profile(caller: SignedInCaller): Promise<User> {
    const user = await this.#deps.users.findById(caller.userId)
    if (!user) throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_INVALID' })
    return user
  }
}

/** `pwd` of RFC 8176. */
const BY_PASSWORD = { methods: ['pwd'], startedBy: null }
const PROVES_NOTHING_MORE = { proves: null, dropsPassword: false }
