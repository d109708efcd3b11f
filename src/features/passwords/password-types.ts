import type { MfaMethod } from '../mfa/second-factor-service.ts'
import { MfaMethodEnum } from '../mfa/mfa-types.ts'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Field, InputType, Int, ObjectType } from 'type-graphql'
import { Access } from '../../graphql/schema/access.ts'

@InputType('ChangePasswordInput', { description: 'The password that is, and the one that shall be.' })
export class ChangePasswordInput {
  @Field(() => String, { description: 'Password, exactly as it was set.' })
  currentPassword!: string
  @Field(() => String, {
    description:
      'Any characters, taken as they are; at least `PASSWORD_MIN_LENGTH` (12) and at most 256 of them. No common one, and none that is made of names.',
  })
  newPassword!: string
}

@Access('owner')
@ObjectType('ChangePasswordPayload', { description: 'The password was changed.' })
export class ChangePasswordPayload {
  @Field(() => String, { description: '`PASSWORD_CHANGED`.' })
  messageKey!: OutcomeKey
  @Field(() => Int, { description: 'How many other sessions of mine were ended.' })
  revokedSessions!: number
}

@InputType('ResetPasswordInput', { description: 'A grant, and the password that it is spent on.' })
export class ResetPasswordInput {
  @Field(() => String, { description: 'From `verifyOtp(purpose: RESET_PASSWORD)`.' })
  resetToken!: string
  @Field(() => String, { description: 'As in `ChangePasswordInput`.' })
  newPassword!: string
  @Field(() => String, {
    nullable: true,
    description: 'Code of the authenticator app or a recovery code, where the grant names `mfaMethods`.',
  })
  mfaCode?: string | null
}

@Access('public')
@ObjectType('PasswordResetGrant', {
  description: 'Leave to choose a new password. Nobody is signed in by it.',
})
export class PasswordResetGrant {
  @Field(() => String, { description: '`RESET_GRANTED`.' })
  messageKey!: OutcomeKey
  @Field(() => String, { description: 'For `resetPassword`, once.' })
  resetToken!: string
  @Field(() => Int, {
    description: 'Seconds until it ends. A change of the password or a sign-out everywhere ends it sooner.',
  })
  expiresIn!: number
  @Field(() => [MfaMethodEnum], {
    description: 'What `mfaCode` of `resetPassword` takes; empty where the account has no second factor.',
  })
  mfaMethods!: readonly MfaMethod[]
}
