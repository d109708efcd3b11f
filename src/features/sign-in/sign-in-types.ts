import { Field, InputType, ObjectType, createUnionType } from 'type-graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { AuthPayload, buildAuthPayload } from '../sessions/auth-payload.ts'
import { UserType } from '../users/user-types.ts'
import { MfaChallengeType, toMfaChallengeView } from './second-step-types.ts'
import type { SignInProgress } from './sign-in-gate.ts'
import { PasswordResetGrant } from '../passwords/password-types.ts'

/** Builds the payload of a first step: tokens, or the challenge of the second step. */
export function toSignInPayload(
  messageKey: OutcomeKey,
  progress: SignInProgress,
  transport: RefreshTransport,
): AuthPayload | MfaChallengeType {
  return progress.kind === 'challenge'
    ? toMfaChallengeView(progress.challenge)
    : buildAuthPayload(messageKey, progress.signIn, transport)
}

/** Object types of the results of a sign-in, by `kind`. */
const SIGN_IN_TYPES = {
  'signed-in': 'AuthPayload',
  challenge: 'MfaChallenge',
  'phone-verified': 'PhoneVerified',
  'reset-granted': 'PasswordResetGrant',
} as const

/** GraphQL union of the results of a sign-in by password. */
export const LoginResult = createUnionType({
  name: 'LoginResult',
  description: 'Result of a sign-in by password.',
  types: () => [AuthPayload, MfaChallengeType] as const,
  resolveType: ({ kind }) => SIGN_IN_TYPES[kind],
})

@Access('owner')
@ObjectType('PhoneVerified', {
  description: 'The phone number of the account is verified. It does not sign in.',
})
export class PhoneVerified {
  /** Discriminates the unions of sign-in. */
  kind!: 'phone-verified'
  @Field(() => String, { description: 'Key of the text in `message`: `PHONE_VERIFIED_SUCCESSFULLY`.' })
  messageKey!: OutcomeKey
  @Field(() => UserType, { description: 'The account, with its phone number.' })
  user!: UserType
}

/** GraphQL union of the results of a code. */
export const VerifyOtpResult = createUnionType({
  name: 'VerifyOtpResult',
  description: 'Result of a correct code, by its purpose.',
  types: () => [AuthPayload, MfaChallengeType, PhoneVerified, PasswordResetGrant] as const,
  resolveType: ({ kind }) => SIGN_IN_TYPES[kind],
})

@Access('owner')
@ObjectType('VerifyEmailPayload', { description: 'Result of `verifyEmail`. The e-mail address is verified.' })
export class VerifyEmailPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `EMAIL_VERIFIED_SUCCESSFULLY`.' })
  messageKey!: OutcomeKey
  @Field(() => UserType, {
    description:
      'The account. Without a complete sign-in: its e-mail address, but no name, phone number or roles.',
  })
  user!: UserType
  @Field(() => LoginResult, {
    nullable: true,
    description: 'Result of the sign-in. Null if none was requested.',
  })
  signIn!: AuthPayload | MfaChallengeType | null
}

@InputType('LoginInput', { description: 'Input of `login`.' })
export class LoginInput {
  @Field(() => String, { description: 'E-mail address of the account.' })
  email!: string
  @Field(() => String, { description: 'Password of the account.' })
  password!: string
}
