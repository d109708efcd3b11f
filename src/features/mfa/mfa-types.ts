import type { OutcomeKey } from '../../core/outcomes.ts'
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Access } from '../../graphql/schema/access.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import { renderQrCode } from './qr-code.ts'
import type { SecondFactorStatus, TotpEnrollment } from './totp-enrollment-service.ts'

/** GraphQL enum of second steps. */
export const MfaMethodEnum = { TOTP: 'TOTP', RECOVERY_CODE: 'RECOVERY_CODE' } as const
registerEnumType(MfaMethodEnum, {
  name: 'MfaMethod',
  description: 'What the second step of a sign-in may be made with.',
  valuesConfig: {
    TOTP: { description: 'The six digits of an authenticator app (RFC 6238).' },
    RECOVERY_CODE: { description: 'A recovery code, good for once.' },
  },
})

@Access('owner')
@ObjectType('TotpEnrollment', { description: 'What an authenticator app needs. Shown once.' })
export class TotpEnrollmentType {
  @Field(() => String, { description: 'The shared secret in base32, for typing it in.' })
  secret!: string
  @Field(() => String, { description: 'The same as an `otpauth://` URI, for a link on the phone itself.' })
  otpauthUri!: string
  @Field(() => String, { description: 'The URI as a QR code: an SVG in a `data:` URI, for an `<img>`.' })
  qrCode!: string
  @Field(() => Int, { description: 'Seconds until it can no longer be confirmed.' })
  expiresIn!: number
}

/** The enrolment as its owner sees it. */
export function toTotpEnrollmentView({ secret, otpauthUri, expiresIn }: TotpEnrollment): TotpEnrollmentType {
  return { secret, otpauthUri, qrCode: renderQrCode(otpauthUri), expiresIn }
}

@Access('owner')
@ObjectType('ConfirmTotpPayload', { description: 'From now on every sign-in asks for a code.' })
export class ConfirmTotpPayload {
  @Field(() => String, { description: '`TOTP_ENABLED`.' })
  messageKey!: OutcomeKey
  @Field(() => [String], { description: 'Each signs in once without the app. Shown this once.' })
  recoveryCodes!: readonly string[]
  @Field(() => Int, { description: 'How many other sessions were ended by this call.' })
  revokedSessions!: number
}

@Access('owner')
@ObjectType('DisableTotpPayload', { description: 'Sign-ins take one factor again.' })
export class DisableTotpPayload {
  @Field(() => String, { description: '`TOTP_DISABLED`.' })
  messageKey!: OutcomeKey
}

@Access('owner')
@ObjectType('RegenerateRecoveryCodesPayload', { description: 'The recovery codes before work no more.' })
export class RegenerateRecoveryCodesPayload {
  @Field(() => String, { description: '`RECOVERY_CODES_REPLACED`.' })
  messageKey!: OutcomeKey
  @Field(() => [String], { description: 'Each signs in once without the app. Shown this once.' })
  recoveryCodes!: readonly string[]
}

@Access('owner')
@ObjectType('SecondFactorStatus', { description: 'How the second factor of an account stands.' })
export class SecondFactorStatusType {
  @Field(() => Boolean, { description: 'Whether sign-ins ask for a code of an authenticator app.' })
  totpEnabled!: boolean
  @Field(() => DateTime, { nullable: true, description: 'Since when; null where they do not.' })
  totpEnabledAt!: Date | null
  @Field(() => Int, { description: 'Recovery codes that have not been used.' })
  recoveryCodesLeft!: number
}

/** The standing as its account sees it. */
export function toSecondFactorStatusView({
  enabledAt,
  recoveryCodesLeft,
}: SecondFactorStatus): SecondFactorStatusType {
  return { totpEnabled: enabledAt !== null, totpEnabledAt: enabledAt, recoveryCodesLeft }
}
