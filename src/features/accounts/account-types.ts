import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'

@InputType('RegisterInput', { description: 'A new account.' })
export class RegisterInput {
  @Field(() => String, { description: 'E-mail address, at most 254 characters.' })
  email!: string
  @Field(() => String, {
    nullable: true,
    description:
      'Password; leave it out for an account that signs in by code only. Any characters, taken as they are; at least `PASSWORD_MIN_LENGTH` (12) and at most 256 of them. No common one, and none that is made of names.',
  })
  password?: string | null
  @Field(() => String, { nullable: true, description: 'Name, 1 to 200 characters.' })
  fullName?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Language for messages, a BCP 47 tag such as `en` or `ko-KR`.',
  })
  locale?: string | null
}

@InputType('RegisterPhoneInput', { description: 'A new account that signs in by text message.' })
export class RegisterPhoneInput {
  @Field(() => String, { description: 'Phone number with its country code, in any common spelling.' })
  phone!: string
  @Field(() => String, { nullable: true, description: 'Name, 1 to 200 characters.' })
  fullName?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Language for messages, a BCP 47 tag such as `en` or `ko-KR`.',
  })
  locale?: string | null
}

@Access('public')
@ObjectType('RegisterPayload', { description: 'The same answer whether or not the address is taken.' })
export class RegisterPayload {
  @Field(() => String, { description: '`OTP_SENT_SUCCESSFULLY`.' })
  messageKey!: OutcomeKey
  @Field(() => ID, {
    description: 'Names the challenge to `verifyOtp`, with the purpose `VERIFY_EMAIL` or `VERIFY_PHONE`.',
  })
  challengeId!: string
  @Field(() => Int, { description: 'Seconds until the code expires.' })
  expiresIn!: number
  @Field(() => String, {
    nullable: true,
    description: 'The code, only where the server runs with `OTP_EXPOSE_CODE`: never in production.',
  })
  otpCode!: string | null
}
