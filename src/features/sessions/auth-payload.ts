import { Field, Int, ObjectType } from 'type-graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { UserType, toUserView } from '../users/user-types.ts'
import type { SignIn } from './session-issuer.ts'
import { SessionType, toSessionView } from './session-types.ts'

@Access('owner')
@ObjectType('AuthPayload', { description: 'Tokens of a new or refreshed session.' })
export class AuthPayload {
  /** Discriminates the unions of sign-in. */
  kind!: 'signed-in'
  @Field(() => String, { description: 'Key of the text in `message`.' })
  messageKey!: OutcomeKey
  @Field(() => String, {
    description: 'Access token: a JWT for the `Authorization: Bearer` header (RFC 9068).',
  })
  accessToken!: string
  @Field(() => String, { description: 'Type of the access token: `Bearer` (RFC 6750).' })
  tokenType!: string
  @Field(() => Int, { description: 'Seconds until the access token expires.' })
  expiresIn!: number
  @Field(() => String, {
    nullable: true,
    description: 'Refresh token, opaque, for one refresh. Null if it is in a cookie.',
  })
  refreshToken!: string | null
  @Field(() => Int, { description: 'Seconds until the session expires without a refresh.' })
  refreshExpiresIn!: number
  @Field(() => SessionType, { description: 'The session.' })
  session!: SessionType
  @Field(() => UserType, { description: 'The signed-in account.' })
  user!: UserType
}

/** Builds the payload of a sign-in or refresh, and sends the refresh token with the transport. */
export function buildAuthPayload(
  messageKey: OutcomeKey,
  signIn: SignIn,
  transport: RefreshTransport,
): AuthPayload {
  const { accessToken, expiresIn, refreshExpiresIn, session, user } = signIn
  const refreshToken = transport.give(signIn.refreshToken, refreshExpiresIn)
  if (signIn.deviceToken !== null) transport.nameDevice(signIn.deviceToken)
  const tokens = { accessToken, tokenType: 'Bearer', expiresIn, refreshToken, refreshExpiresIn }
  return {
    kind: 'signed-in',
    messageKey,
    ...tokens,
    session: toSessionView(session, session.id),
    user: toUserView(user, user.id),
  }
}
