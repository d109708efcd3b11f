import { Arg, Mutation, Query, Resolver } from 'type-graphql'
import type { Caller, SignedInCaller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { AnyCaller, SignedIn } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import type { OpenedChallenge } from '../otp/otp-challenge.ts'
import type { AccountService } from './account-service.ts'
import { UserType, toUserView } from '../users/user-types.ts'
import { RegisterInput, RegisterPayload, RegisterPhoneInput } from './account-types.ts'

/** Registration and the caller's own account. */
@Resolver()
export class AccountResolver {
  readonly #accounts: AccountService
  readonly #exposeCode: boolean

  /** `exposeCode`: responses contain the code; the settings reject it in production. */
  constructor(accounts: AccountService, exposeCode: boolean) {
    this.#accounts = accounts
    this.#exposeCode = exposeCode
  }

  @Access('owner')
  @Query(() => UserType, { description: 'The account of the caller. Requires sign-in.' })
  async me(@SignedIn() caller: SignedInCaller): Promise<UserType> {
    return toUserView(await this.#accounts.profile(caller), caller.userId)
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
  ): Promise<RegisterPayload> {
    return this.#toPayload(await this.#accounts.register(input, caller.client))
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
  ): Promise<RegisterPayload> {
    return this.#toPayload(await this.#accounts.registerPhone(input, caller.client))
  }

  #toPayload({ challengeId, expiresIn, code }: OpenedChallenge): RegisterPayload {
    const otpCode = this.#exposeCode ? code : null
    return { messageKey: 'OTP_SENT_SUCCESSFULLY', challengeId, expiresIn, otpCode }
  }
}
