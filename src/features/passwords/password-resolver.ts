import { Arg, Mutation, Resolver } from 'type-graphql'
import type { Caller, SignedInCaller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { AnyCaller, CurrentRefreshTransport, SignedIn } from '../../graphql/schema/signed-in.ts'
import { AuthPayload, buildAuthPayload } from '../sessions/auth-payload.ts'
import { LIMITS } from '../limits/limits.ts'
import type { PasswordService } from './password-service.ts'
import { ChangePasswordInput, ChangePasswordPayload, ResetPasswordInput } from './password-types.ts'

/** Password change with the current password, and reset with a code. */
@Resolver()
export class PasswordResolver {
  readonly #passwords: PasswordService

  constructor(passwords: PasswordService) {
    this.#passwords = passwords
  }

  @Access('owner', 'session')
  @Mutation(() => ChangePasswordPayload, {
    description:
      'Changes the caller’s password and ends all other sessions. An account without a password sets its first with `resetPassword`. Requires sign-in.',
  })
  @RateLimit(LIMITS.changePassword)
  async changePassword(
    @Arg('input', () => ChangePasswordInput, { description: 'Current and new password.' })
    input: ChangePasswordInput,
    @SignedIn() caller: SignedInCaller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<ChangePasswordPayload> {
    const { revokedSessions, deviceToken } = await this.#passwords.change(input, caller)
    transport.nameDevice(deviceToken)
    return { messageKey: 'PASSWORD_CHANGED', revokedSessions }
  }

  @Access('public')
  @Mutation(() => AuthPayload, {
    description:
      'Sets a password with the reset token of `verifyOtp(purpose: RESET_PASSWORD)`, ends all sessions of the account and signs in. A rejected password does not use up the token.',
  })
  @RateLimit(LIMITS.resetPassword)
  async resetPassword(
    @Arg('input', () => ResetPasswordInput, { description: 'Reset token and new password.' })
    input: ResetPasswordInput,
    @AnyCaller() caller: Caller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<AuthPayload> {
    const signIn = await this.#passwords.reset(input, caller.client)
    return buildAuthPayload('PASSWORD_RESET_SUCCESSFUL', signIn, transport)
  }
}
