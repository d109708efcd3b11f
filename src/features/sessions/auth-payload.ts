import { Field, Int, ObjectType } from 'type-graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'
import type { RefreshTransport } from '../../graphql/cookies/refresh-transport.ts'
import { UserType, toUserView } from '../users/user-types.ts'
import type { SignIn } from './session-issuer.ts'
import { SessionType, toSessionView } from './session-types.ts'

@Access('owner')
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
    messageKey,
    ...tokens,
    session: toSessionView(session, session.id),
    user: toUserView(user, user.id),
  }
}
