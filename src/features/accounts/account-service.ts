import { z } from 'zod'
import type { ClientFacts, SignedInCaller } from '../../core/caller.ts'
import type { Contact, OtpPurpose } from '../../core/channel.ts'
import { AuthError } from '../../core/errors.ts'
import { boundedText, emailAddress, languageTag, parseInput, phoneNumber } from '../../core/input.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { PasswordHashing } from '../../ports/password-hasher.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { OtpChallengeService } from '../otp/otp-challenge-service.ts'
import type { OpenedChallenge } from '../otp/otp-challenge.ts'
import type { PasswordPolicy } from '../passwords/password-policy.ts'

/** Dependencies of the account service. */
export interface AccountDependencies {
  readonly users: Users
  readonly passwordHashing: PasswordHashing
  readonly otpChallenges: OtpChallengeService
  readonly passwordPolicy: PasswordPolicy
  readonly audit: AuditService
  readonly random: Random
  readonly now: Clock
}

/** The profile fields of a registration. */
const profileFields = { fullName: boundedText(1, 200).nullish(), locale: languageTag.nullish() }

const registerPhoneInput = z.object({ phone: phoneNumber, ...profileFields })

/** A registration that was requested. */
interface RegistrationRequest extends z.output<z.ZodObject<typeof profileFields>> {
  readonly contact: Contact
  readonly purpose: OtpPurpose
  /** Hashes the password; null for an account without one. */
  readonly hashPassword: () => Promise<string | null>
}

/** Registration and the caller's own account. */
export class AccountService {
  readonly #deps: AccountDependencies
  readonly #registerInput

  constructor(deps: AccountDependencies) {
    this.#deps = deps
    this.#registerInput = z.object({
      email: emailAddress,
      password: deps.passwordPolicy.password.nullish(),
      ...profileFields,
    })
  }

  /**
   * Registers an account, which is PENDING until the code sent to its address is verified. Response and work
   * are the same whether or not the address has an account; only its owner is notified. Throws
   * `BAD_USER_INPUT` or `RATE_LIMITED`.
   */
  async register(input: unknown, client: ClientFacts): Promise<OpenedChallenge> {
    const { passwordHashing, passwordPolicy } = this.#deps
    const { password, email, ...profile } = parseInput(this.#registerInput, input)
    const contact = { channel: 'EMAIL', address: email } as const
    const request = { ...profile, contact, purpose: 'VERIFY_EMAIL' } as const
    if (password == null) return this.#register({ ...request, hashPassword: async () => null }, client)
    await passwordPolicy.check(password, [email, profile.fullName], 'password')
    return passwordHashing.reserve((hasher) =>
      this.#register({ ...request, hashPassword: () => hasher.hash(password) }, client),
    )
  }

  /** Registers an account with a phone number, which signs in by code. Otherwise as `register`. */
  async registerPhone(input: unknown, client: ClientFacts): Promise<OpenedChallenge> {
    const { phone, ...profile } = parseInput(registerPhoneInput, input)
    const contact = { channel: 'SMS', address: phone } as const
    const request = { ...profile, contact, purpose: 'VERIFY_PHONE' } as const
    return this.#register({ ...request, hashPassword: async () => null }, client)
  }

  async #register(request: RegistrationRequest, client: ClientFacts): Promise<OpenedChallenge> {
    const { users, audit, otpChallenges, random, now } = this.#deps
    const { contact, purpose } = request
    // A registrant is always a stranger: no device is known to an account that does not exist yet.
    await otpChallenges.admit(contact, client, null)
    const fullName = request.fullName ?? null
    const locale = request.locale ?? null
    const passwordHash = await request.hashPassword()
    const registration = { id: newId(random), contact, passwordHash, fullName, locale, now: new Date(now()) }
    const user = await users.register(registration)
    audit.record(user ? 'user_created' : 'user_registration_taken', { userId: user?.id }, client)
    const languages = [locale, client.acceptLanguage]
    return otpChallenges.send({ purpose, contact, languages, client }, user, true)
  }

  /** The caller's own account. Throws `UNAUTHENTICATED` when it was removed. */
  async profile(caller: SignedInCaller): Promise<User> {
    const user = await this.#deps.users.findById(caller.userId)
    if (!user) throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_INVALID' })
    return user
  }
}
