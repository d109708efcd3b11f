import { Arg, Mutation, Resolver } from 'type-graphql'
import type { Caller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { AnyCaller, CurrentRefreshTransport } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import { VerifyOtpInput } from '../otp/otp-types.ts'
import type { PasswordResetGrant } from '../passwords/password-types.ts'
import type { AuthPayload } from '../sessions/auth-payload.ts'
import { toAddressView, toUserView } from '../users/user-types.ts'
import type { CodeSignInService } from './code-sign-in-service.ts'
import type { MfaChallengeType } from './second-step-types.ts'
import { VerifyEmailPayload, VerifyOtpResult, toSignInPayload, type PhoneVerified } from './sign-in-types.ts'

/** Sign-in and verification with a one-time code, or with the link of a message. */
@Resolver()
export class CodeSignInResolver {
  readonly #signIn: CodeSignInService

  constructor(signIn: CodeSignInService) {
    this.#signIn = signIn
  }

  @Access('public')
  @Mutation(() => VerifyOtpResult, {
    description:
      'Verifies a one-time code, which can be used once. Signs in, sets the phone number of a signed-in caller (`VERIFY_PHONE`), or returns a reset token (`RESET_PASSWORD`).',
  })
  @RateLimit(LIMITS.verifyOtp)
  async verifyOtp(
    @Arg('input', () => VerifyOtpInput, { description: 'Challenge and code.' }) input: VerifyOtpInput,
    @AnyCaller() caller: Caller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<AuthPayload | MfaChallengeType | PhoneVerified | PasswordResetGrant> {
    const outcome = await this.#signIn.verify(input, caller)
    switch (outcome.kind) {
      case 'signed-in':
      case 'challenge':
        return toSignInPayload('OTP_VERIFIED_SUCCESSFULLY', outcome, transport)
      case 'reset-granted':
        return {
          kind: outcome.kind,
          messageKey: 'RESET_GRANTED',
          ...outcome.grant,
          mfaMethods: outcome.mfaMethods,
        }
      case 'phone-verified':
        transport.nameDevice(outcome.deviceToken)
        return {
          kind: outcome.kind,
          messageKey: 'PHONE_VERIFIED_SUCCESSFULLY',
          user: toUserView(outcome.user, outcome.user.id),
        }
    }
  }

  @Access('public')
  @Mutation(() => VerifyEmailPayload, {
    description:
      'Verifies an e-mail address with the link of a message, like the code of the message. `TOKEN_INVALID` if the link is unknown, used, replaced or expired; its `extensions.reason` is `ALREADY_VERIFIED` if the address is verified.',
  })
  @RateLimit(LIMITS.verifyOtp)
  async verifyEmail(
    @Arg('token', () => String, { description: 'Token of the link, after `#token=`.' }) token: string,
    @Arg('signIn', () => Boolean, {
      defaultValue: true,
      description: 'Whether to sign in. False: only verify the address, for a page that does not sign in.',
    })
    signIn: boolean,
    @AnyCaller() caller: Caller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<VerifyEmailPayload> {
    const verified = await this.#signIn.verifyByLink(token, signIn, caller.client)
    const messageKey = 'EMAIL_VERIFIED_SUCCESSFULLY'
    const { user, progress } = verified
    return {
      messageKey,
      // Nothing else is shown before a sign-in is complete (SR-221).
      user: progress?.kind === 'signed-in' ? toUserView(user, user.id) : toAddressView(user),
      signIn: progress && toSignInPayload(messageKey, progress, transport),
    }
  }
}
