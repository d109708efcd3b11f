import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'
import type { OtpChannel, OtpPurpose } from './otp-record.ts'

/** GraphQL enum of code purposes. */
export const OtpPurposeEnum = {
  LOGIN: 'LOGIN',
  VERIFY_EMAIL: 'VERIFY_EMAIL',
  VERIFY_PHONE: 'VERIFY_PHONE',
  RESET_PASSWORD: 'RESET_PASSWORD',
} as const
registerEnumType(OtpPurposeEnum, {
  name: 'OtpPurpose',
  description: 'What a one-time code is for. A code of one purpose is worth nothing for another.',
  valuesConfig: {
    RESET_PASSWORD: { description: 'Choose a new password: the code gives leave to, by `resetPassword`.' },
    LOGIN: { description: 'Sign in without a password.' },
    VERIFY_EMAIL: { description: 'Confirm the address of a new account and sign in.' },
    VERIFY_PHONE: {
      description:
        'Signed in: give the account this number, in the place of any before. Otherwise: confirm the number of a new account and sign in.',
    },
  },
})

/** GraphQL enum of channels. */
export const OtpChannelEnum = { EMAIL: 'EMAIL', SMS: 'SMS' } as const
registerEnumType(OtpChannelEnum, {
  name: 'OtpChannel',
  description: 'How a one-time code travels.',
  valuesConfig: { EMAIL: { description: 'By e-mail.' }, SMS: { description: 'By text message.' } },
})

@InputType('RequestOtpInput', { description: 'Where to send a code: exactly one of `email` and `phone`.' })
export class RequestOtpInput {
  @Field(() => String, { nullable: true, description: 'E-mail address of the account.' })
  email?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Phone number with its country code, in any common spelling.',
  })
  phone?: string | null
  @Field(() => OtpPurposeEnum, { defaultValue: 'LOGIN', description: 'What the code is for.' })
  purpose!: OtpPurpose
}

@Access('public')
@ObjectType('RequestOtpPayload', { description: 'The same answer whether or not there is such an account.' })
export class RequestOtpPayload {
  @Field(() => String, { description: '`OTP_SENT_SUCCESSFULLY`.' })
  messageKey!: OutcomeKey
  @Field(() => ID, { description: 'Names the challenge to `verifyOtp`.' })
  challengeId!: string
  @Field(() => OtpChannelEnum, { description: 'How the code travels.' })
  channel!: OtpChannel
  @Field(() => String, { description: 'Masked, e.g. u***@example.com or +44•••••••456.' })
  destination!: string
  @Field(() => Int, { description: 'Seconds until the code expires.' })
  expiresIn!: number
  @Field(() => Int, { description: 'Seconds until another message may be asked for.' })
  resendAvailableIn!: number
  @Field(() => String, {
    nullable: true,
    description: 'The code, only where the server runs with `OTP_EXPOSE_CODE`: never in production.',
  })
  otpCode!: string | null
}

@InputType('VerifyOtpInput', {
  description: 'A code and the challenge it answers: exactly one of `challengeId`, `email` and `phone`.',
})
export class VerifyOtpInput {
  @Field(() => ID, { nullable: true, description: 'From the payload that announced the code.' })
  challengeId?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Address the code was sent to. Guesses made this way have a budget of their own.',
  })
  email?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Number the code was sent to. Guesses made this way have a budget of their own.',
  })
  phone?: string | null
  @Field(() => OtpPurposeEnum, { defaultValue: 'LOGIN', description: 'What the code was asked for.' })
  purpose!: OtpPurpose
  @Field(() => String, { description: 'The digits, leading zeros included.' })
  code!: string
}
