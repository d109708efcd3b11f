import { z } from 'zod'
import type { ClientFacts, SignedInCaller } from '../../core/caller.ts'
import type { Contact } from '../../core/contact.ts'
import { AuthError } from '../../core/errors.ts'
import { boundedText, emailAddress, languageTag, parseInput, phoneNumber } from '../../core/input.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Passwords } from '../../ports/password-hasher.ts'
import type { User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { OtpPurpose } from '../otp/otp-record.ts'
import type { OpenedChallenge } from '../otp/otp-service.ts'
import type { PasswordPolicy } from '../passwords/password-policy.ts'
import type { OtpChallengeService } from '../otp/otp-challenge-service.ts'

/** What accounts need. */
export interface AccountDependencies {
  readonly users: Users
  readonly passwords: Passwords
  readonly otpChallenges: OtpChallengeService
  readonly passwordPolicy: PasswordPolicy
  readonly audit: AuditService
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

/** Registration and the caller's own account. */
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

  /** The caller's own account; `UNAUTHENTICATED` when it is gone. */
  async profile(caller: SignedInCaller): Promise<User> {
    const user = await this.#deps.users.findById(caller.userId)
    if (!user) throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_INVALID' })
    return user
  }
}
