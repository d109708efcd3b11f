import { Arg, Mutation, Resolver } from 'type-graphql'
import type { Caller } from '../../core/caller.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { AnyCaller, Transport } from '../../graphql/schema/signed-in.ts'
import { FIELD_RULES } from '../limits/limit-rules.ts'
import { userView, type AuthPayload } from './account-types.ts'
import type { MfaChallengeType } from '../mfa/mfa-types.ts'
import type { PasswordResetGrant } from '../passwords/password-types.ts'
import type { OtpChallengeService } from '../otp/otp-challenge-service.ts'
import type { OtpSignInService } from '../sign-in/code-sign-in-service.ts'
import {
  VerifyEmailPayload,
  VerifyOtpResult,
  progressView,
  type PhoneVerified,
} from '../sign-in/sign-in-types.ts'
import { RequestOtpInput, RequestOtpPayload, VerifyOtpInput } from '../otp/otp-types.ts'

/** One-time codes and the links that do the same. */
@Resolver()
export class OtpResolver {
  readonly #challenges: OtpChallengeService
  readonly #signIn: OtpSignInService
  readonly #exposeCode: boolean

  /** `exposeCode`: answers carry the code; the settings refuse it in production. */
  constructor(challenges: OtpChallengeService, signIn: OtpSignInService, exposeCode: boolean) {
    this.#challenges = challenges
    this.#signIn = signIn
    this.#exposeCode = exposeCode
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
    const sent = await this.#challenges.request(input, caller)
    const { challengeId, channel, destination, expiresIn, resendAvailableIn } = sent
    const otpCode = this.#exposeCode ? sent.code : null
    const where = { challengeId, channel, destination }
    return { messageKey: 'OTP_SENT_SUCCESSFULLY', ...where, expiresIn, resendAvailableIn, otpCode }
  }

  @Mutation(() => VerifyOtpResult, {
    description:
      'Spends a one-time code. Signs in, or gives the account of a signed-in caller its number (`VERIFY_PHONE`), or leave to choose a password (`RESET_PASSWORD`).',
  })
  @RateLimit(FIELD_RULES.verifyOtp)
  async verifyOtp(
    @Arg('input', () => VerifyOtpInput, { description: 'The code and its challenge.' }) input: VerifyOtpInput,
    @AnyCaller() caller: Caller,
    @Transport() transport: RefreshTransport,
  ): Promise<AuthPayload | MfaChallengeType | PhoneVerified | PasswordResetGrant> {
    const outcome = await this.#signIn.verify(input, caller)
    switch (outcome.kind) {
      case 'signed-in':
      case 'challenge':
        return progressView('OTP_VERIFIED_SUCCESSFULLY', outcome, transport)
      case 'reset-granted':
        return { messageKey: 'RESET_GRANTED', ...outcome.grant, mfaMethods: outcome.mfaMethods }
      case 'phone-verified':
        return { messageKey: 'PHONE_VERIFIED_SUCCESSFULLY', user: userView(outcome.user, outcome.user.id) }
    }
  }

  @Mutation(() => VerifyEmailPayload, {
    description:
      'Spends the link of a message that asks to confirm an address: does what its code does. `TOKEN_INVALID` for a link that is foreign, used, replaced or too old.',
  })
  @RateLimit(FIELD_RULES.verifyOtp)
  async verifyEmail(
    @Arg('token', () => String, { description: 'What stands behind `#token=` in the link.' }) token: string,
    @Arg('signIn', () => Boolean, {
      defaultValue: true,
      description: 'False only confirms the address, for a page that is not the one to sign in.',
    })
    signIn: boolean,
    @AnyCaller() caller: Caller,
    @Transport() transport: RefreshTransport,
  ): Promise<VerifyEmailPayload> {
    const verified = await this.#signIn.verifyByLink(token, signIn, caller.client)
    const messageKey = 'EMAIL_VERIFIED_SUCCESSFULLY'
    return {
      messageKey,
      user: userView(verified.user, verified.user.id),
      signIn: verified.progress && progressView(messageKey, verified.progress, transport),
    }
  }
}
