import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { User } from '../../ports/users.ts'
import type { SignIn } from '../sessions/session-issuer.ts'
import { SessionType, sessionView } from '../sessions/session-types.ts'

/** GraphQL enum of account states. */
export const UserStatusEnum = { PENDING: 'PENDING', ACTIVE: 'ACTIVE', SUSPENDED: 'SUSPENDED' } as const
registerEnumType(UserStatusEnum, {
  name: 'UserStatus',
  description: 'Standing of an account.',
  valuesConfig: {
    PENDING: { description: 'Registered; the address is not verified yet. Cannot sign in.' },
    ACTIVE: { description: 'Can sign in.' },
    SUSPENDED: { description: 'Shut by an operator. Cannot sign in; every session has ended.' },
  },
})

@ObjectType('User', { description: 'An account.' })
export class UserType {
  @Field(() => ID, { description: 'Stable identifier.' })
  id!: string
  @Field(() => String, {
    nullable: true,
    description: 'Canonical e-mail address; null for anyone but the account itself.',
  })
  email!: string | null
  @Field(() => Boolean, {
    description: 'Whether the e-mail address was verified; false for anyone but the account itself.',
  })
  emailVerified!: boolean
  @Field(() => String, {
    nullable: true,
    description: 'Phone number in E.164; null for anyone but the account itself.',
  })
  phone!: string | null
  @Field(() => Boolean, {
    description: 'Whether the phone number was verified; false for anyone but the account itself.',
  })
  phoneVerified!: boolean
  @Field(() => String, { nullable: true, description: 'Name as the person gave it.' })
  fullName!: string | null
  @Field(() => UserStatusEnum, { description: 'Standing of the account.' })
  status!: User['status']
  @Field(() => [String], { description: 'Role names; empty for anyone but the account itself.' })
  roles!: readonly string[]
  @Field(() => DateTime, { description: 'When the account was registered.' })
  createdAt!: Date
}

/** The account as `viewerId` may see it: contact and roles are for its owner alone. */
export function userView(user: User, viewerId: string): UserType {
  const { id, fullName, status, createdAt } = user
  if (user.id !== viewerId) {
    return {
      id,
      fullName,
      status,
      createdAt,
      email: null,
      emailVerified: false,
      phone: null,
      phoneVerified: false,
      roles: [],
    }
  }
  const { email, phone, roles } = user
  const emailVerified = user.emailVerifiedAt !== null
  return {
    id,
    fullName,
    status,
    createdAt,
    email,
    emailVerified,
    phone,
    phoneVerified: user.phoneVerifiedAt !== null,
    roles,
  }
}

@ObjectType('AuthPayload', { description: 'A session has started or gone on: its tokens.' })
export class AuthPayload {
  @Field(() => String, { description: 'Key of the localised text for this outcome.' })
  messageKey!: OutcomeKey
  @Field(() => String, { description: 'JWT for the `Authorization: Bearer` header (RFC 9068).' })
  accessToken!: string
  @Field(() => String, { description: '`Bearer` (RFC 6750).' })
  tokenType!: string
  @Field(() => Int, { description: 'Seconds until the access token ends.' })
  expiresIn!: number
  @Field(() => String, {
    nullable: true,
    description: 'Opaque, good for one refresh. Null where it rides in its cookie.',
  })
  refreshToken!: string | null
  @Field(() => Int, { description: 'Seconds until the session ends unless it is refreshed.' })
  refreshExpiresIn!: number
  @Field(() => SessionType, { description: 'The session.' })
  session!: SessionType
  @Field(() => UserType, { description: 'Who is signed in.' })
  user!: UserType
}

/** The payload of a sign-in or refresh; the refresh token goes the way of the transport. */
export function authPayload(
  messageKey: OutcomeKey,
  signIn: SignIn,
  transport: RefreshTransport,
): AuthPayload {
  const { accessToken, expiresIn, refreshExpiresIn, session, user } = signIn
  const refreshToken = transport.give(signIn.refreshToken, refreshExpiresIn)
  if (signIn.deviceToken !== null) transport.nameDevice(signIn.deviceToken)
  const tokens = { accessToken, tokenType: 'Bearer', expiresIn, refreshToken, refreshExpiresIn }
  return { messageKey, ...tokens, session: sessionView(session, session.id), user: userView(user, user.id) }
}

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

@InputType('LoginInput', { description: 'Address and password.' })
export class LoginInput {
  @Field(() => String, { description: 'E-mail address of the account.' })
  email!: string
  @Field(() => String, { description: 'Password, exactly as it was set.' })
  password!: string
}
