import { z } from 'zod'
import type { ClientFacts } from '../../core/caller.ts'
import type { Contact, OtpPurpose } from '../../core/channel.ts'
import { emailAddress, languageTag, parseInput, phoneNumber, singleLineText } from '../../core/input.ts'
import { findNamedLanguage } from '../../core/languages.ts'
import type { RegistrationProofs } from '../../core/registration-proofs.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { PasswordHashing } from '../../ports/password-hasher.ts'
import type { Users } from '../../ports/users.ts'
import type { Languages } from '../../locales/languages.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { toStranger } from '../limits/requester.ts'
import type { OtpChallengeService } from '../otp/otp-challenge-service.ts'
import type { OpenedChallenge } from '../otp/otp-challenge.ts'
import type { SendPermit } from '../otp/otp-send-limiter.ts'
import type { PasswordPolicy } from '../passwords/password-policy.ts'

/** Dependencies of the account service. */
export interface AccountDependencies {
  readonly languages: Languages
  readonly users: Users
  readonly passwordHashing: PasswordHashing
  readonly otpChallenges: OtpChallengeService
  readonly passwordPolicy: PasswordPolicy
  readonly registrations: RegistrationProofs
  readonly audit: AuditService
  readonly random: Random
  readonly now: Clock
}

/** The profile fields of a registration. */
const profileFields = { fullName: singleLineText(200).nullish(), locale: languageTag.nullish() }

const registerPhoneInput = z.object({ phone: phoneNumber, ...profileFields })

/** A registration that was requested. */
interface RegistrationRequest extends z.output<z.ZodObject<typeof profileFields>> {
  readonly contact: Contact
  readonly purpose: OtpPurpose
  /** Hashes the password; null for an account without one. */
  readonly hashPassword: () => Promise<string | null>
}

/** The challenge of a registration. */
export interface OpenedRegistration extends OpenedChallenge, SendPermit {
  /** Proves to later requests that this client has registered the account. */
  readonly registrationToken: string
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
  async register(input: unknown, client: ClientFacts): Promise<OpenedRegistration> {
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
  async registerPhone(input: unknown, client: ClientFacts): Promise<OpenedRegistration> {
    const { phone, ...profile } = parseInput(registerPhoneInput, input)
    const contact = { channel: 'SMS', address: phone } as const
    const request = { ...profile, contact, purpose: 'VERIFY_PHONE' } as const
    return this.#register({ ...request, hashPassword: async () => null }, client)
  }

  async #register(request: RegistrationRequest, client: ClientFacts): Promise<OpenedRegistration> {
    const { users, audit, otpChallenges, random, now } = this.#deps
    const { contact, purpose } = request
    // A registrant is always a stranger: no device is known to an account that does not exist yet.
    const permit = await otpChallenges.admit({ contact, device: null, isNew: true, isSent: true }, client)
    const fullName = request.fullName ?? null
    const locale = request.locale ?? findNamedLanguage(client.acceptLanguage, this.#deps.languages.supported)
    const passwordHash = await request.hashPassword()
    const registration = { id: newId(random), contact, passwordHash, fullName, locale, now: new Date(now()) }
    const user = await users.register(registration)
    audit.record(user ? 'user_created' : 'user_registration_taken', { userId: user?.id }, client)
    // A message to an address that has an account is in the language of its owner, not of the registrant.
    const owner = await users.findByContact(contact)
    const languages = [(user ?? owner)?.locale ?? null]
    const opener = { requester: toStranger(client), openerId: null }
    const challenge = await otpChallenges.send({ purpose, contact, languages, client, opener }, user, true)
    return { ...challenge, ...permit, registrationToken: this.#deps.registrations.issue(user) }
  }
}
