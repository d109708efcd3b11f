import { Arg, Mutation, Query, Resolver } from 'type-graphql'
import type { SignedInCaller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { CurrentRefreshTransport, SignedIn } from '../../graphql/schema/signed-in.ts'
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

  @Access('owner', 'session')
  @Query(() => SecondFactorStatusType, {
    description: 'Status of the second factor of the caller’s account. Requires sign-in.',
  })
  async mySecondFactor(@SignedIn() caller: SignedInCaller): Promise<SecondFactorStatusType> {
    return toSecondFactorStatusView(await this.#enrollment.status(caller))
  }

  @Access('owner', 'session')
  @Mutation(() => TotpEnrollmentType, {
    description:
      'Creates a secret for an authenticator app, which `confirmTotp` activates. `REAUTHENTICATION_REQUIRED` if the session is older than 15 minutes, `CONFLICT` if an app is already active. Requires sign-in.',
  })
  @RateLimit(LIMITS.changeSecondFactor)
  async enrollTotp(@SignedIn() caller: SignedInCaller): Promise<TotpEnrollmentType> {
    return toTotpEnrollmentView(await this.#enrollment.enroll(caller))
  }

  @Access('owner', 'session')
  @Mutation(() => ConfirmTotpPayload, {
    description:
      'Activates the app with its first code. Sign-ins require a code from then on. `CONFLICT` without an enrollment. Requires sign-in.',
  })
  @RateLimit(LIMITS.changeSecondFactor)
  async confirmTotp(
    @Arg('code', () => String, { description: 'Six-digit code of the app.' }) code: string,
    @Arg('endOtherSessions', () => Boolean, {
      defaultValue: true,
      description: 'Whether to end all other sessions of the account, which started without the app.',
    })
    endOtherSessions: boolean,
    @SignedIn() caller: SignedInCaller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<ConfirmTotpPayload> {
    const { deviceToken, ...confirmed } = await this.#enrollment.confirm(caller, code, endOtherSessions)
    transport.nameDevice(deviceToken)
    return { messageKey: 'TOTP_ENABLED', ...confirmed }
  }

  @Access('owner', 'session')
  @Mutation(() => DisableTotpPayload, {
    description: 'Removes the app and the recovery codes. `CONFLICT` if no app is active. Requires sign-in.',
  })
  @RateLimit(LIMITS.changeSecondFactor)
  async disableTotp(
    @Arg('code', () => String, { description: 'Six-digit code of the app, or a recovery code.' })
    code: string,
    @SignedIn() caller: SignedInCaller,
    @CurrentRefreshTransport() transport: RefreshTransport,
  ): Promise<DisableTotpPayload> {
    transport.nameDevice(await this.#enrollment.disable(caller, code))
    return { messageKey: 'TOTP_DISABLED' }
  }

  @Access('owner', 'session')
  @Mutation(() => RegenerateRecoveryCodesPayload, {
    description: 'Replaces all recovery codes. `CONFLICT` if no app is active. Requires sign-in.',
  })
  @RateLimit(LIMITS.changeSecondFactor)
  async regenerateRecoveryCodes(
    @Arg('code', () => String, { description: 'Six-digit code of the app, or a recovery code.' })
    code: string,
    @SignedIn() caller: SignedInCaller,
  ): Promise<RegenerateRecoveryCodesPayload> {
    const recoveryCodes = await this.#enrollment.regenerateRecoveryCodes(caller, code)
    return { messageKey: 'RECOVERY_CODES_REPLACED', recoveryCodes }
  }
}
