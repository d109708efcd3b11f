import { Arg, Mutation, Resolver } from 'type-graphql'
import type { Caller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { AnyCaller } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import type { OtpChallengeService } from './otp-challenge-service.ts'
import { RequestOtpInput, RequestOtpPayload } from './otp-types.ts'

/** Requests for one-time codes. */
@Resolver()
export class OtpResolver {
  readonly #challenges: OtpChallengeService
  readonly #exposeCode: boolean

  /** `exposeCode`: responses carry the code; the settings reject it in production. */
  constructor(challenges: OtpChallengeService, exposeCode: boolean) {
    this.#challenges = challenges
    this.#exposeCode = exposeCode
  }

  @Access('public')
  @Mutation(() => RequestOtpPayload, {
    description:
      'Sends a one-time code, which replaces the one that the same client requested before. The response does not reveal whether the account exists.',
  })
  @RateLimit(LIMITS.requestOtp)
  async requestOtp(
    @Arg('input', () => RequestOtpInput, { description: 'Destination and purpose of the code.' })
    input: RequestOtpInput,
    @AnyCaller() caller: Caller,
  ): Promise<RequestOtpPayload> {
    const sent = await this.#challenges.request(input, caller)
    const { challengeId, channel, destination, expiresIn, resendAvailableIn } = sent
    const otpCode = this.#exposeCode ? sent.code : null
    const destinationFields = { challengeId, channel, destination }
    return {
      messageKey: 'OTP_SENT_SUCCESSFULLY',
      ...destinationFields,
      expiresIn,
      resendAvailableIn,
      otpCode,
    }
  }
}
