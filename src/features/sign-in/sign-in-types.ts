import { Field, InputType, ObjectType, createUnionType } from 'type-graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { AuthPayload, buildAuthPayload } from '../sessions/auth-payload.ts'
import { UserType } from '../users/user-types.ts'
import { MfaChallengeType, toMfaChallengeView } from './second-step-types.ts'
import type { SignInProgress } from './sign-in-gate.ts'
import { PasswordResetGrant } from '../passwords/password-types.ts'

/** The payload of a first step: tokens, or what the second step takes. */
export function toSignInPayload(
  messageKey: OutcomeKey,
  progress: SignInProgress,
  transport: RefreshTransport,
): AuthPayload | MfaChallengeType {
  return progress.kind === 'challenge'
    ? toMfaChallengeView(progress.challenge)
    : buildAuthPayload(messageKey, progress.signIn, transport)
}

/** What signing in by password can lead to. */
export const LoginResult = createUnionType({
  name: 'LoginResult',
  description: 'What signing in by password can lead to.',
  types: () => [AuthPayload, MfaChallengeType] as const,
  resolveType: (outcome) => ('accessToken' in outcome ? AuthPayload : MfaChallengeType),
})

@Access('owner')
@ObjectType('PhoneVerified', {
  description: 'The account has a verified phone number; nobody was signed in.',
})
export class PhoneVerified {
  @Field(() => String, { description: '`PHONE_VERIFIED_SUCCESSFULLY`.' })
  messageKey!: OutcomeKey
  @Field(() => UserType, { description: 'The account, with its number.' })
  user!: UserType
}

/** As `LoginResult`, for codes. */
export const VerifyOtpResult = createUnionType({
  name: 'VerifyOtpResult',
  description: 'What a right code can lead to.',
  types: () => [AuthPayload, MfaChallengeType, PhoneVerified, PasswordResetGrant] as const,
  resolveType(outcome) {
    if ('accessToken' in outcome) return AuthPayload
    if ('resetToken' in outcome) return PasswordResetGrant
    return 'methods' in outcome ? MfaChallengeType : PhoneVerified
  },
})

@Access('owner')
@ObjectType('VerifyEmailPayload', { description: 'The address is verified, and its account can sign in.' })
export class VerifyEmailPayload {
  @Field(() => String, { description: '`EMAIL_VERIFIED_SUCCESSFULLY`.' })
  messageKey!: OutcomeKey
  @Field(() => UserType, { description: 'The account.' })
  user!: UserType
  @Field(() => LoginResult, { nullable: true, description: 'The sign-in; null where none was asked for.' })
  signIn!: AuthPayload | MfaChallengeType | null
}

@InputType('LoginInput', { description: 'Address and password.' })
export class LoginInput {
  @Field(() => String, { description: 'E-mail address of the account.' })
  email!: string
  @Field(() => String, { description: 'Password, exactly as it was set.' })
  password!: string
}
