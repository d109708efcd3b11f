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

/** Changing a password, by the one before it or by a code. */
@Resolver()
export class PasswordResolver {
  readonly #passwords: PasswordService

  constructor(passwords: PasswordService) {
    this.#passwords = passwords
  }

  @Access('owner')
  @Mutation(() => ChangePasswordPayload, {
    description:
      'Replaces my password and ends every other session of mine. An account without a password sets its first by `resetPassword`. Signed-in only.',
  })
  @RateLimit(LIMITS.changePassword)
  async changePassword(
    @Arg('input', () => ChangePasswordInput, { description: 'Both passwords.' }) input: ChangePasswordInput,
    @SignedIn() caller: SignedInCaller,
  ): Promise<ChangePasswordPayload> {
    return { messageKey: 'PASSWORD_CHANGED', revokedSessions: await this.#passwords.change(input, caller) }
  }

  @Access('public')
  @Mutation(() => AuthPayload, {
    description:
      'Sets a password by the grant of `verifyOtp(purpose: RESET_PASSWORD)`, ends every session of the account and signs in. A password that is refused does not spend the grant.',
  })
  @RateLimit(LIMITS.resetPassword)
  async resetPassword(
    @Arg('input', () => ResetPasswordInput, { description: 'The grant and the new password.' })
    input: ResetPasswordInput,
    @AnyCaller() caller: Caller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<AuthPayload> {
    const signIn = await this.#passwords.reset(input, caller.client)
    return buildAuthPayload('PASSWORD_RESET_SUCCESSFUL', signIn, transport)
  }
}
