import type { MfaMethod } from '../mfa/second-factor-service.ts'
import { MfaMethodEnum } from '../mfa/mfa-types.ts'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Field, InputType, Int, ObjectType } from 'type-graphql'
import { Access } from '../../graphql/schema/access.ts'

@InputType('ChangePasswordInput', { description: 'Input of `changePassword`.' })
export class ChangePasswordInput {
  @Field(() => String, { description: 'Current password.' })
  currentPassword!: string
  @Field(() => String, {
    description:
      'New password. All characters are accepted; equivalent spellings of a letter are one (Unicode NFC), nothing else is changed; at least `PASSWORD_MIN_LENGTH` (12) and at most 256 characters. Common passwords, and passwords made of names around the account, are rejected.',
  })
  newPassword!: string
}

@Access('owner')
@ObjectType('ChangePasswordPayload', { description: 'Result of `changePassword`.' })
export class ChangePasswordPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `PASSWORD_CHANGED`.' })
  messageKey!: OutcomeKey
  @Field(() => Int, { description: 'Number of other sessions that were ended.' })
  revokedSessions!: number
}

@InputType('ResetPasswordInput', { description: 'Input of `resetPassword`.' })
export class ResetPasswordInput {
  @Field(() => String, { description: 'Reset token from `verifyOtp(purpose: RESET_PASSWORD)`.' })
  resetToken!: string
  @Field(() => String, { description: 'New password, as in `ChangePasswordInput`.' })
  newPassword!: string
  @Field(() => String, {
    nullable: true,
    description:
      'Code of the authenticator app, or a recovery code. Required if `mfaMethods` of the grant is not empty.',
  })
  mfaCode?: string | null
}

@Access('public')
@ObjectType('PasswordResetGrant', {
  description: 'Permission to set a new password. It does not sign in.',
})
export class PasswordResetGrant {
  /** Discriminates the unions of sign-in. */
  kind!: 'reset-granted'
  @Field(() => String, { description: 'Key of the text in `message`: `RESET_GRANTED`.' })
  messageKey!: OutcomeKey
  @Field(() => String, { description: 'Reset token for `resetPassword`, which can be used once.' })
  resetToken!: string
  @Field(() => Int, {
    description:
      'Seconds until the token expires. It ends earlier when its contact, the password or the second factor changes, and at a sign-out everywhere.',
  })
  expiresIn!: number
  @Field(() => [MfaMethodEnum], {
    description:
      'Methods that `mfaCode` of `resetPassword` accepts. Empty if the account has no second factor.',
  })
  mfaMethods!: readonly MfaMethod[]
}
