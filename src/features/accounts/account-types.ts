import type { RefreshTransport } from '../../graphql/refresh-transport.ts'
import { Field, ID, InputType, Int, ObjectType, createUnionType, registerEnumType } from 'type-graphql'
import { DateTime } from '../../graphql/scalars.ts'
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

/** GraphQL enum of code purposes. */
export const OtpPurposeEnum = { LOGIN: 'LOGIN', VERIFY_EMAIL: 'VERIFY_EMAIL' } as const
registerEnumType(OtpPurposeEnum, {
  name: 'OtpPurpose',
  description: 'What a one-time code is for. A code of one purpose is worth nothing for another.',
  valuesConfig: {
    LOGIN: { description: 'Sign in without a password.' },
    VERIFY_EMAIL: { description: 'Confirm the address of a new account and sign in.' },
  },
})

/** GraphQL enum of channels. */
export const OtpChannelEnum = { EMAIL: 'EMAIL' } as const
registerEnumType(OtpChannelEnum, {
  name: 'OtpChannel',
  description: 'How a one-time code travels.',
  valuesConfig: { EMAIL: { description: 'By e-mail.' } },
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
  messageKey!: string
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

/** The payload of a sign-in or refresh; the refresh token, and after a sign-in the device's, go the way of the transport. */
export function authPayload(messageKey: string, signIn: SignIn, transport: RefreshTransport): AuthPayload {
  const { accessToken, expiresIn, refreshExpiresIn, session, user } = signIn
  const refreshToken = transport.give(signIn.refreshToken, refreshExpiresIn)
  if (signIn.deviceToken !== null) transport.nameDevice(signIn.deviceToken)
  const tokens = { accessToken, tokenType: 'Bearer', expiresIn, refreshToken, refreshExpiresIn }
  return { messageKey, ...tokens, session: sessionView(session, session.id), user: userView(user, user.id) }
}

/** Other outcomes join when second factors do; clients select with `... on AuthPayload` from the start. */
export const LoginResult = createUnionType({
  name: 'LoginResult',
  description: 'What signing in by password can lead to.',
  types: () => [AuthPayload] as const,
  resolveType: () => AuthPayload,
})

/** As `LoginResult`, for codes. */
export const VerifyOtpResult = createUnionType({
  name: 'VerifyOtpResult',
  description: 'What a right code can lead to.',
  types: () => [AuthPayload] as const,
  resolveType: () => AuthPayload,
})

@InputType('RegisterInput', { description: 'A new account.' })
export class RegisterInput {
  @Field(() => String, { description: 'E-mail address, at most 254 characters.' })
  email!: string
  @Field(() => String, {
    nullable: true,
    description:
      'Password; leave it out for an account that signs in by code only. Any characters, taken as they are; at least `PASSWORD_MIN_LENGTH` (12) of them.',
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

@ObjectType('RegisterPayload', { description: 'The same answer whether or not the address is taken.' })
export class RegisterPayload {
  @Field(() => String, { description: '`OTP_SENT_SUCCESSFULLY`.' })
  messageKey!: string
  @Field(() => ID, { description: 'Names the challenge to `verifyOtp(purpose: VERIFY_EMAIL)`.' })
  challengeId!: string
  @Field(() => Int, { description: 'Seconds until the code expires.' })
  expiresIn!: number
  @Field(() => String, {
    nullable: true,
    description: 'The code, only where the server runs with `OTP_EXPOSE_CODE`: never in production.',
  })
  otpCode!: string | null
}

@InputType('RequestOtpInput', { description: 'Where to send a code.' })
export class RequestOtpInput {
  @Field(() => String, { nullable: true, description: 'E-mail address of the account.' })
  email?: string | null
  @Field(() => OtpPurposeEnum, { defaultValue: 'LOGIN', description: 'What the code is for.' })
  purpose!: 'LOGIN' | 'VERIFY_EMAIL'
}

@ObjectType('RequestOtpPayload', { description: 'The same answer whether or not there is such an account.' })
export class RequestOtpPayload {
  @Field(() => String, { description: '`OTP_SENT_SUCCESSFULLY`.' })
  messageKey!: string
  @Field(() => ID, { description: 'Names the challenge to `verifyOtp`.' })
  challengeId!: string
  @Field(() => OtpChannelEnum, { description: 'How the code travels.' })
  channel!: 'EMAIL'
  @Field(() => String, { description: 'Masked, e.g. u***@example.com.' })
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
  description: 'A code and the challenge it answers: exactly one of `challengeId` and `email`.',
})
export class VerifyOtpInput {
  @Field(() => ID, { nullable: true, description: 'From the payload that announced the code.' })
  challengeId?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Address the code was sent to. Guesses made this way have a budget of their own.',
  })
  email?: string | null
  @Field(() => OtpPurposeEnum, { defaultValue: 'LOGIN', description: 'What the code was asked for.' })
  purpose!: 'LOGIN' | 'VERIFY_EMAIL'
  @Field(() => String, { description: 'The digits, leading zeros included.' })
  code!: string
}

@InputType('LoginInput', { description: 'Address and password.' })
export class LoginInput {
  @Field(() => String, { description: 'E-mail address of the account.' })
  email!: string
  @Field(() => String, { description: 'Password, exactly as it was set.' })
  password!: string
}
