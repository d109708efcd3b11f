import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'

@InputType('RegisterInput', { description: 'Input of `register`.' })
export class RegisterInput {
  @Field(() => String, { description: 'E-mail address, at most 254 characters.' })
  email!: string
  @Field(() => String, {
    nullable: true,
    description:
      'Password. Omit it for an account that signs in by code only. All characters are accepted; equivalent spellings of a letter are one (Unicode NFC), nothing else is changed; at least `PASSWORD_MIN_LENGTH` (12) and at most 256 characters. Common passwords, and passwords made of names around the account, are rejected.',
  })
  password?: string | null
  @Field(() => String, {
    nullable: true,
    description:
      'Full name: one line of 1 to 200 characters, without control characters and marks of text direction.',
  })
  fullName?: string | null
  @Field(() => String, {
    nullable: true,
    description:
      'Language of messages, a BCP 47 tag such as `en` or `ko-KR`. Default: the first supported language of the `Accept-Language` header.',
  })
  locale?: string | null
}

@InputType('RegisterPhoneInput', { description: 'Input of `registerPhone`.' })
export class RegisterPhoneInput {
  @Field(() => String, { description: 'Phone number with country code, in any common format.' })
  phone!: string
  @Field(() => String, {
    nullable: true,
    description:
      'Full name: one line of 1 to 200 characters, without control characters and marks of text direction.',
  })
  fullName?: string | null
  @Field(() => String, {
    nullable: true,
    description:
      'Language of messages, a BCP 47 tag such as `en` or `ko-KR`. Default: the first supported language of the `Accept-Language` header.',
  })
  locale?: string | null
}

@Access('public')
@ObjectType('RegisterPayload', {
  description: 'Result of `register` and `registerPhone`. It does not reveal whether the account exists.',
})
export class RegisterPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `OTP_SENT_SUCCESSFULLY`.' })
  messageKey!: OutcomeKey
  @Field(() => ID, {
    description: 'Challenge id for `verifyOtp`, with the purpose `VERIFY_EMAIL` or `VERIFY_PHONE`.',
  })
  challengeId!: string
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
