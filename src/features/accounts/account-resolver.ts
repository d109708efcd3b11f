import { Arg, Mutation, Query, Resolver } from 'type-graphql'
import type { AccountCaller, Caller, SignedInCaller } from '../../core/caller.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { Access } from '../../graphql/schema/access.ts'
import { Cacheable } from '../../graphql/schema/cacheable.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { AnyCaller, CurrentRefreshTransport, ForAccount, SignedIn } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import type { PhoneNumberService } from '../otp/phone-number-service.ts'
import type { AccountService, OpenedRegistration } from './account-service.ts'
import { UserType, toUserView } from '../users/user-types.ts'
import { RegisterInput, RegisterPayload, RegisterPhoneInput } from './account-types.ts'

/** Registration and the caller's own account. */
@Resolver()
export class AccountResolver {
  readonly #accounts: AccountService
  readonly #phoneNumbers: PhoneNumberService
  readonly #exposeCode: boolean

  /** `exposeCode`: responses contain the code; the settings reject it in production. */
  constructor(accounts: AccountService, phoneNumbers: PhoneNumberService, exposeCode: boolean) {
    this.#accounts = accounts
    this.#phoneNumbers = phoneNumbers
    this.#exposeCode = exposeCode
  }

  @Access('owner', 'account:read')
  @Cacheable('account')
  @Query(() => UserType, { description: 'The account of the caller. Requires sign-in.' })
  async me(@ForAccount() caller: AccountCaller): Promise<UserType> {
    return toUserView(caller.account, caller.userId)
  }

  @Access('public')
  @Mutation(() => RegisterPayload, {
    description:
      'Registers an account and sends a code to its e-mail address. The response does not reveal whether the account exists.',
  })
  @RateLimit(LIMITS.register)
  async register(
    @Arg('input', () => RegisterInput, { description: 'The new account.' }) input: RegisterInput,
    @AnyCaller() caller: Caller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<RegisterPayload> {
    return this.#toPayload(await this.#accounts.register(input, caller.client), transport)
  }

  @Access('public')
  @Mutation(() => RegisterPayload, {
    description:
      'Registers an account that signs in by text message, and sends a code to its phone number. The response does not reveal whether the account exists.',
  })
  @RateLimit(LIMITS.register)
  async registerPhone(
    @Arg('input', () => RegisterPhoneInput, { description: 'The new account.' }) input: RegisterPhoneInput,
    @AnyCaller() caller: Caller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<RegisterPayload> {
    return this.#toPayload(await this.#accounts.registerPhone(input, caller.client), transport)
  }

  @Access('owner', 'session')
  @Mutation(() => UserType, {
    description:
      'Removes the phone number of the caller’s account. Codes that were sent to it end. `REAUTHENTICATION_REQUIRED` if the session is older than 15 minutes, `LAST_CONTACT` if the account has no other verified contact, `CONFLICT` if it has no number. Requires sign-in.',
  })
  @RateLimit(LIMITS.removePhone)
  async removePhone(
    @SignedIn() caller: SignedInCaller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<UserType> {
    const { user, deviceToken } = await this.#phoneNumbers.remove(caller)
    transport.nameDevice(deviceToken)
    return toUserView(user, caller.userId)
  }

  #toPayload(
    { challengeId, expiresIn, resendAvailableIn, code, registrationToken }: OpenedRegistration,
    transport: RefreshTransport,
  ): RegisterPayload {
    transport.proveRegistration(registrationToken)
    const otpCode = this.#exposeCode ? code : null
    return { messageKey: 'OTP_SENT_SUCCESSFULLY', challengeId, expiresIn, resendAvailableIn, otpCode }
  }
}
