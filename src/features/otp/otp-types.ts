import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import type { Channel, OtpPurpose } from '../../core/channel.ts'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { RequireOne } from '../../graphql/schema/one-of.ts'
import { Access } from '../../graphql/schema/access.ts'

/** GraphQL enum of code purposes. */
export const OtpPurposeEnum = {
  LOGIN: 'LOGIN',
  VERIFY_EMAIL: 'VERIFY_EMAIL',
  VERIFY_PHONE: 'VERIFY_PHONE',
  RESET_PASSWORD: 'RESET_PASSWORD',
} as const
registerEnumType(OtpPurposeEnum, {
  name: 'OtpPurpose',
  description: 'Purpose of a one-time code. A code is accepted for its purpose only.',
  valuesConfig: {
    RESET_PASSWORD: { description: 'Reset the password. The code is exchanged for a reset token.' },
    LOGIN: { description: 'Sign in without a password.' },
    VERIFY_EMAIL: { description: 'Verify the e-mail address of a new account and sign in.' },
    VERIFY_PHONE: {
      description:
        'With a signed-in caller: set the phone number of the account. Otherwise: verify the phone number of a new account and sign in.',
    },
  },
})

/** GraphQL enum of channels. */
export const OtpChannelEnum = { EMAIL: 'EMAIL', SMS: 'SMS' } as const satisfies Record<Channel, Channel>
registerEnumType(OtpChannelEnum, {
  name: 'OtpChannel',
  description: 'Channel of a one-time code.',
  valuesConfig: { EMAIL: { description: 'E-mail.' }, SMS: { description: 'Text message.' } },
})

@RequireOne()
@InputType('OtpDestinationInput', { description: 'Destination of a one-time code.' })
export class OtpDestinationInput {
  @Field(() => String, { nullable: true, description: 'E-mail address of the account.' })
  email?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Phone number with country code, in any common format.',
  })
  phone?: string | null
}

@InputType('RequestOtpInput', {
  description: 'Input of `requestOtp`: exactly one of `destination`, `email` and `phone`.',
})
export class RequestOtpInput {
  @Field(() => OtpDestinationInput, {
    nullable: true,
    description: 'Destination of the code. Generated types of it accept exactly one of `email` and `phone`.',
  })
  destination?: OtpDestinationInput | null
  @Field(() => String, { nullable: true, description: 'E-mail address of the account.' })
  email?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Phone number with country code, in any common format.',
  })
  phone?: string | null
  @Field(() => OtpPurposeEnum, { defaultValue: 'LOGIN', description: 'Purpose of the code.' })
  purpose!: OtpPurpose
}

@Access('public')
@ObjectType('RequestOtpPayload', {
  description: 'Result of `requestOtp`. It does not reveal whether the account exists.',
})
export class RequestOtpPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `OTP_SENT_SUCCESSFULLY`.' })
  messageKey!: OutcomeKey
  @Field(() => ID, { description: 'Challenge id for `verifyOtp`.' })
  challengeId!: string
  @Field(() => OtpChannelEnum, { description: 'Channel of the code.' })
  channel!: Channel
  @Field(() => String, { description: 'Masked destination, such as u***@example.com or +44•••••••456.' })
  destination!: string
  @Field(() => Int, { description: 'Seconds until the code expires.' })
  expiresIn!: number
  @Field(() => Int, { description: 'Seconds until another code can be requested.' })
  resendAvailableIn!: number
  @Field(() => String, {
    nullable: true,
    description: 'The code, if the setting `OTP_EXPOSE_CODE` is on. Null in production.',
  })
  otpCode!: string | null
}

@RequireOne()
@InputType('OtpReferenceInput', { description: 'What names a one-time code.' })
export class OtpReferenceInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Challenge id of the code, from the payload of the mutation that sent it.',
  })
  challengeId?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'E-mail address that the code was sent to. Attempts by address are limited separately.',
  })
  email?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Phone number that the code was sent to. Attempts by number are limited separately.',
  })
  phone?: string | null
}

@InputType('VerifyOtpInput', {
  description:
    'Input of `verifyOtp`: a code, and exactly one of `reference`, `challengeId`, `email` and `phone`.',
})
export class VerifyOtpInput {
  @Field(() => OtpReferenceInput, {
    nullable: true,
    description:
      'What names the code. Generated types of it accept exactly one of `challengeId`, `email` and `phone`.',
  })
  reference?: OtpReferenceInput | null
  @Field(() => ID, {
    nullable: true,
    description: 'Challenge id of the code, from the payload of the mutation that sent it.',
  })
  challengeId?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'E-mail address that the code was sent to. Attempts by address are limited separately.',
  })
  email?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Phone number that the code was sent to. Attempts by number are limited separately.',
  })
  phone?: string | null
  @Field(() => OtpPurposeEnum, {
    defaultValue: 'LOGIN',
    description: 'Purpose that the code was requested for.',
  })
  purpose!: OtpPurpose
  @Field(() => String, { description: 'The code, including leading zeros. Spaces and dashes are ignored.' })
  code!: string
}
