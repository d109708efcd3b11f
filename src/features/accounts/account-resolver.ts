import { Arg, Mutation, Query, Resolver } from 'type-graphql'
import type { Caller, SignedInCaller } from '../../core/caller.ts'
import type { RefreshTransport } from '../../graphql/refresh-transport.ts'
import { RateLimit } from '../../graphql/rate-limit.ts'
import { AnyCaller, SignedIn, Transport } from '../../graphql/signed-in.ts'
import { FIELD_RULES } from '../limits/limit-rules.ts'
import type { MfaChallengeType } from '../mfa/mfa-types.ts'
import type { AccountService } from './account-service.ts'
import {
  type AuthPayload,
  LoginInput,
  RegisterInput,
  RegisterPayload,
  RequestOtpInput,
  RequestOtpPayload,
  UserType,
  VerifyOtpInput,
  userView,
} from './account-types.ts'
import { LoginResult, VerifyOtpResult, progressView } from './sign-in-types.ts'
import type { OtpSignInService } from './otp-sign-in-service.ts'

/** Registration, codes, sign-in by password, and who one is. */
@Resolver()
export class AccountResolver {
  readonly #accounts: AccountService
  readonly #otpSignIn: OtpSignInService
  readonly #exposeCode: boolean

  /** `exposeCode`: answers carry the code; the settings refuse it in production. */
  constructor(accounts: AccountService, otpSignIn: OtpSignInService, exposeCode: boolean) {
    this.#accounts = accounts
    this.#otpSignIn = otpSignIn
    this.#exposeCode = exposeCode
  }

  @Query(() => UserType, { description: 'Who is calling. Signed-in only.' })
  async me(@SignedIn() caller: SignedInCaller): Promise<UserType> {
    return userView(await this.#accounts.profile(caller), caller.userId)
  }

  @Mutation(() => RegisterPayload, {
    description:
      'Begins an account and sends a code to its address. The answer is the same whether or not the address is taken.',
  })
  @RateLimit(FIELD_RULES.register)
  async register(
    @Arg('input', () => RegisterInput, { description: 'The new account.' }) input: RegisterInput,
    @AnyCaller() caller: Caller,
  ): Promise<RegisterPayload> {
    const { challengeId, expiresIn, code } = await this.#accounts.register(input, caller.client)
    return {
      messageKey: 'OTP_SENT_SUCCESSFULLY',
      challengeId,
      expiresIn,
      otpCode: this.#exposeCode ? code : null,
    }
  }

  @Mutation(() => RequestOtpPayload, {
    description:
      'Sends a one-time code; the one before it stops working. The answer is the same whether or not there is such an account.',
  })
  @RateLimit(FIELD_RULES.requestOtp)
  async requestOtp(
    @Arg('input', () => RequestOtpInput, { description: 'Where to, and what for.' }) input: RequestOtpInput,
    @AnyCaller() caller: Caller,
  ): Promise<RequestOtpPayload> {
    const { code, ...challenge } = await this.#otpSignIn.request(input, caller.client)
    return { messageKey: 'OTP_SENT_SUCCESSFULLY', ...challenge, otpCode: this.#exposeCode ? code : null }
  }

  @Mutation(() => VerifyOtpResult, {
    description:
      'Spends a one-time code and signs in; a challenge, and nothing else yet, where the account has a second factor.',
  })
  @RateLimit(FIELD_RULES.verifyOtp)
  async verifyOtp(
    @Arg('input', () => VerifyOtpInput, { description: 'The code and its challenge.' }) input: VerifyOtpInput,
    @AnyCaller() caller: Caller,
    @Transport() transport: RefreshTransport,
  ): Promise<AuthPayload | MfaChallengeType> {
    const progress = await this.#otpSignIn.verify(input, caller.client)
    return progressView('OTP_VERIFIED_SUCCESSFULLY', progress, transport)
  }

  @Mutation(() => LoginResult, {
    description:
      'Signs in by password; a challenge, and nothing else yet, where the account has a second factor. One answer for every cause of failure: `INVALID_CREDENTIALS`.',
  })
  @RateLimit(FIELD_RULES.login)
  async login(
    @Arg('input', () => LoginInput, { description: 'Address and password.' }) input: LoginInput,
    @AnyCaller() caller: Caller,
    @Transport() transport: RefreshTransport,
  ): Promise<AuthPayload | MfaChallengeType> {
    const progress = await this.#accounts.login(input, caller.client)
    return progressView('LOGIN_SUCCESSFUL', progress, transport)
  }
}
