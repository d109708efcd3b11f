import type { OutcomeKey } from '../../core/outcomes.ts'
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { DateTime } from '../../graphql/schema/scalars.ts'
import { qrCodeOf } from './qr-code.ts'
import type { MfaChallenge } from '../sign-in/sign-in-gate.ts'
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

@ObjectType('MfaChallenge', {
  description:
    'The first step was right, and the account has a second factor: nobody is signed in until `verifyMfa`.',
})
export class MfaChallengeType {
  @Field(() => ID, { description: 'Names the challenge to `verifyMfa`.' })
  challengeId!: string
  @Field(() => [MfaMethodEnum], { description: 'What `verifyMfa` takes.' })
  methods!: readonly MfaChallenge['methods'][number][]
  @Field(() => Int, { description: 'Seconds until the challenge is over.' })
  expiresIn!: number
}

/** The challenge as the schema has it. */
export function challengeView({ challengeId, methods, expiresIn }: MfaChallenge): MfaChallengeType {
  return { challengeId, methods, expiresIn }
}

@InputType('VerifyMfaInput', { description: 'A code and the challenge it answers.' })
export class VerifyMfaInput {
  @Field(() => ID, { description: 'From the `MfaChallenge`.' })
  challengeId!: string
  @Field(() => String, {
    description: 'The six digits of the app, or a recovery code; spaces, dashes and case do not matter.',
  })
  code!: string
}

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
export function enrollmentView({ secret, otpauthUri, expiresIn }: TotpEnrollment): TotpEnrollmentType {
  return { secret, otpauthUri, qrCode: qrCodeOf(otpauthUri), expiresIn }
}

@ObjectType('ConfirmTotpPayload', { description: 'From now on every sign-in asks for a code.' })
export class ConfirmTotpPayload {
  @Field(() => String, { description: '`TOTP_ENABLED`.' })
  messageKey!: OutcomeKey
  @Field(() => [String], { description: 'Each signs in once without the app. Shown this once.' })
  recoveryCodes!: readonly string[]
  @Field(() => Int, { description: 'How many other sessions were ended by this call.' })
  revokedSessions!: number
}

@ObjectType('DisableTotpPayload', { description: 'Sign-ins take one factor again.' })
export class DisableTotpPayload {
  @Field(() => String, { description: '`TOTP_DISABLED`.' })
  messageKey!: OutcomeKey
}

@ObjectType('RegenerateRecoveryCodesPayload', { description: 'The recovery codes before work no more.' })
export class RegenerateRecoveryCodesPayload {
  @Field(() => String, { description: '`RECOVERY_CODES_REPLACED`.' })
  messageKey!: OutcomeKey
  @Field(() => [String], { description: 'Each signs in once without the app. Shown this once.' })
  recoveryCodes!: readonly string[]
}

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
export function statusView({ enabledAt, recoveryCodesLeft }: SecondFactorStatus): SecondFactorStatusType {
  return { totpEnabled: enabledAt !== null, totpEnabledAt: enabledAt, recoveryCodesLeft }
}
