import { Arg, Mutation, Query, Resolver } from 'type-graphql'
import type { SignedInCaller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { SignedIn } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import {
  ConfirmTotpPayload,
  DisableTotpPayload,
  RegenerateRecoveryCodesPayload,
  SecondFactorStatusType,
  TotpEnrollmentType,
  toTotpEnrollmentView,
  toSecondFactorStatusView,
} from './mfa-types.ts'
import type { TotpEnrollmentService } from './totp-enrollment-service.ts'

/** Authenticator apps and recovery codes. */
@Resolver()
export class MfaResolver {
  readonly #enrollment: TotpEnrollmentService

  constructor(enrollment: TotpEnrollmentService) {
    this.#enrollment = enrollment
  }

  @Access('owner')
  @Query(() => SecondFactorStatusType, {
    description: 'How the second factor of my account stands. Signed-in only.',
  })
  async mySecondFactor(@SignedIn() caller: SignedInCaller): Promise<SecondFactorStatusType> {
    return toSecondFactorStatusView(await this.#enrollment.status(caller))
  }

  @Access('owner')
  @Mutation(() => TotpEnrollmentType, {
    description:
      'Makes a secret for an authenticator app; it asks for nothing until `confirmTotp`. `REAUTHENTICATION_REQUIRED` unless my session began within 15 minutes, `CONFLICT` where an app is confirmed already. Signed-in only.',
  })
  @RateLimit(LIMITS.changeSecondFactor)
  async enrollTotp(@SignedIn() caller: SignedInCaller): Promise<TotpEnrollmentType> {
    return toTotpEnrollmentView(await this.#enrollment.enroll(caller))
  }

  @Access('owner')
  @Mutation(() => ConfirmTotpPayload, {
    description:
      'Confirms the app by its first code: from now on every sign-in asks for one. `CONFLICT` where no enrolment waits. Signed-in only.',
  })
  @RateLimit(LIMITS.changeSecondFactor)
  async confirmTotp(
    @Arg('code', () => String, { description: 'The six digits that the app shows.' }) code: string,
    @Arg('endOtherSessions', () => Boolean, {
      defaultValue: true,
      description: 'End every other session of the account, which began without the app.',
    })
    endOtherSessions: boolean,
    @SignedIn() caller: SignedInCaller,
  ): Promise<ConfirmTotpPayload> {
    const confirmed = await this.#enrollment.confirm(caller, code, endOtherSessions)
    return { messageKey: 'TOTP_ENABLED', ...confirmed }
  }

  @Access('owner')
  @Mutation(() => DisableTotpPayload, {
    description: 'Removes the app and the recovery codes. `CONFLICT` where there is no app. Signed-in only.',
  })
  @RateLimit(LIMITS.changeSecondFactor)
  async disableTotp(
    @Arg('code', () => String, { description: 'The six digits of the app, or a recovery code.' })
    code: string,
    @SignedIn() caller: SignedInCaller,
  ): Promise<DisableTotpPayload> {
    await this.#enrollment.disable(caller, code)
    return { messageKey: 'TOTP_DISABLED' }
  }

  @Access('owner')
  @Mutation(() => RegenerateRecoveryCodesPayload, {
    description:
      'New recovery codes in the place of all before. `CONFLICT` where there is no app. Signed-in only.',
  })
  @RateLimit(LIMITS.changeSecondFactor)
  async regenerateRecoveryCodes(
    @Arg('code', () => String, { description: 'The six digits of the app, or a recovery code.' })
    code: string,
    @SignedIn() caller: SignedInCaller,
  ): Promise<RegenerateRecoveryCodesPayload> {
    const recoveryCodes = await this.#enrollment.regenerateRecoveryCodes(caller, code)
    return { messageKey: 'RECOVERY_CODES_REPLACED', recoveryCodes }
  }
}
