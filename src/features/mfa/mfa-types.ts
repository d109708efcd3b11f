import type { OutcomeKey } from '../../core/outcomes.ts'
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Price } from '../../graphql/guards/price.ts'
import { Access } from '../../graphql/schema/access.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import { renderQrCode } from './qr-code.ts'
import type { SecondFactorStatus, TotpEnrollment } from './totp-enrollment-service.ts'

/** GraphQL enum of second factors. */
export const MfaMethodEnum = { TOTP: 'TOTP', RECOVERY_CODE: 'RECOVERY_CODE' } as const
registerEnumType(MfaMethodEnum, {
  name: 'MfaMethod',
  description: 'Method of the second step of a sign-in.',
  valuesConfig: {
    TOTP: { description: 'Six-digit code of an authenticator app (RFC 6238).' },
    RECOVERY_CODE: { description: 'Recovery code, which can be used once.' },
  },
})

@Access('owner')
@ObjectType('TotpEnrollment', { description: 'Secret for an authenticator app. It is returned once.' })
export class TotpEnrollmentType {
  @Field(() => String, { description: 'Shared secret in base32, for manual entry.' })
  secret!: string
  @Field(() => String, { description: 'Shared secret as an `otpauth://` URI, for a link on the phone.' })
  otpauthUri!: string
  @Price(20)
  @Field(() => String, { description: 'QR code of the URI: an SVG image in a `data:` URI.' })
  qrCode!: string
  @Field(() => Int, { description: 'Seconds until the enrollment expires.' })
  expiresIn!: number
}

/** Converts an enrollment for its owner. */
export function toTotpEnrollmentView({ secret, otpauthUri, expiresIn }: TotpEnrollment): TotpEnrollmentType {
  return { secret, otpauthUri, qrCode: renderQrCode(otpauthUri), expiresIn }
}

@Access('owner')
@ObjectType('ConfirmTotpPayload', {
  description: 'Result of `confirmTotp`. Sign-ins require a code from now on.',
})
export class ConfirmTotpPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `TOTP_ENABLED`.' })
  messageKey!: OutcomeKey
  @Field(() => [String], {
    description: 'Recovery codes, each for one sign-in without the app. They are returned once.',
  })
  recoveryCodes!: readonly string[]
  @Field(() => Int, { description: 'Number of other sessions that were ended.' })
  revokedSessions!: number
}

@Access('owner')
@ObjectType('DisableTotpPayload', {
  description: 'Result of `disableTotp`. Sign-ins require one factor again.',
})
export class DisableTotpPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `TOTP_DISABLED`.' })
  messageKey!: OutcomeKey
}

@Access('owner')
@ObjectType('RegenerateRecoveryCodesPayload', {
  description: 'Result of `regenerateRecoveryCodes`. Earlier recovery codes are no longer accepted.',
})
export class RegenerateRecoveryCodesPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `RECOVERY_CODES_REPLACED`.' })
  messageKey!: OutcomeKey
  @Field(() => [String], {
    description: 'Recovery codes, each for one sign-in without the app. They are returned once.',
  })
  recoveryCodes!: readonly string[]
}

@Access('owner')
@ObjectType('SecondFactorStatus', { description: 'Status of the second factor of an account.' })
export class SecondFactorStatusType {
  @Field(() => Boolean, { description: 'Whether sign-ins require a code of an authenticator app.' })
  totpEnabled!: boolean
  @Field(() => DateTime, {
    nullable: true,
    description: 'Time of `confirmTotp`. Null if the second factor is off.',
  })
  totpEnabledAt!: Date | null
  @Field(() => Int, { description: 'Number of unused recovery codes.' })
  recoveryCodesLeft!: number
}

/** Converts the status of a second factor for its owner. */
export function toSecondFactorStatusView({
  enabledAt,
  recoveryCodesLeft,
}: SecondFactorStatus): SecondFactorStatusType {
  return { totpEnabled: enabledAt !== null, totpEnabledAt: enabledAt, recoveryCodesLeft }
}
