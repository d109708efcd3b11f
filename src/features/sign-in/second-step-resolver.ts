import { Arg, Mutation, Resolver } from 'type-graphql'
import type { Caller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { AnyCaller, CurrentRefreshTransport } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import { AuthPayload, buildAuthPayload } from '../sessions/auth-payload.ts'
import { VerifyMfaInput } from './second-step-types.ts'
import type { SignInGate } from './sign-in-gate.ts'

/** The second step of a sign-in. */
@Resolver()
export class SecondStepResolver {
  readonly #gate: SignInGate

  constructor(gate: SignInGate) {
    this.#gate = gate
  }

  @Access('public')
  @Mutation(() => AuthPayload, {
    description:
      'Completes a sign-in with a code of the second factor. `MFA_INVALID` contains the number of attempts left; with none left, sign in again.',
  })
  @RateLimit(LIMITS.verifyMfa)
  async verifyMfa(
    @Arg('input', () => VerifyMfaInput, { description: 'Challenge and code.' }) input: VerifyMfaInput,
    @AnyCaller() caller: Caller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<AuthPayload> {
    return buildAuthPayload(
      'MFA_VERIFIED_SUCCESSFULLY',
      await this.#gate.complete(input, caller.client),
      transport,
    )
  }
}
