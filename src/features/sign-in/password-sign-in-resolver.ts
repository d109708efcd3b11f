import { Arg, Mutation, Resolver } from 'type-graphql'
import type { Caller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { AnyCaller, CurrentRefreshTransport } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import type { AuthPayload } from '../sessions/auth-payload.ts'
import type { PasswordSignInService } from './password-sign-in-service.ts'
import type { MfaChallengeType } from './second-step-types.ts'
import { LoginInput, LoginResult, toSignInPayload } from './sign-in-types.ts'

/** Sign-in by password. */
@Resolver()
export class PasswordSignInResolver {
  readonly #signIn: PasswordSignInService

  constructor(signIn: PasswordSignInService) {
    this.#signIn = signIn
  }

  @Access('public')
  @Mutation(() => LoginResult, {
    description: 'Signs in by password. Every failure has the same code, `INVALID_CREDENTIALS`.',
  })
  @RateLimit(LIMITS.login)
  async login(
    @Arg('input', () => LoginInput, { description: 'E-mail address and password.' }) input: LoginInput,
    @AnyCaller() caller: Caller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<AuthPayload | MfaChallengeType> {
    return toSignInPayload('LOGIN_SUCCESSFUL', await this.#signIn.signIn(input, caller.client), transport)
  }
}
