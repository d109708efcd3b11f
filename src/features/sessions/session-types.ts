import { Field, ID, Int, ObjectType } from 'type-graphql'
import { DateTime } from '../../graphql/scalars.ts'
import type { Session } from '../../ports/sessions.ts'
import { deviceOf } from './device.ts'

@ObjectType('Session', { description: 'One sign-in.' })
export class SessionType {
  @Field(() => ID, { description: 'Stable identifier; no secret.' })
  id!: string
  @Field(() => Boolean, { description: 'Whether it is the one that asks.' })
  current!: boolean
  @Field(() => String, { nullable: true, description: '`User-Agent` at sign-in.' })
  userAgent!: string | null
  @Field(() => String, {
    nullable: true,
    description: 'The device in words, as far as `User-Agent` tells: `Firefox on Linux`.',
  })
  device!: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Address at sign-in; its last part is masked and was never stored.',
  })
  ipAddress!: string | null
  @Field(() => [String], { description: 'How the person proved who they are: `pwd`, `otp` (RFC 8176).' })
  methods!: readonly string[]
  @Field(() => DateTime, { description: 'When it started.' })
  createdAt!: Date
  @Field(() => DateTime, { description: 'When it was last refreshed.' })
  lastUsedAt!: Date
  @Field(() => DateTime, { description: 'When it ends unless it is refreshed.' })
  expiresAt!: Date
}

/** The session as its account sees it. */
export function sessionView(session: Session, currentId: string): SessionType {
  const { id, userAgent, ipAddress, methods, createdAt, lastUsedAt, expiresAt } = session
  const device = deviceOf(userAgent)
  return {
    id,
    current: id === currentId,
    userAgent,
    device,
    ipAddress,
    methods,
    createdAt,
    lastUsedAt,
    expiresAt,
  }
}

@ObjectType('LogoutPayload', { description: 'Signed out.' })
export class LogoutPayload {
  @Field(() => String, { description: '`LOGOUT_SUCCESSFUL`.' })
  messageKey!: string
  @Field(() => Int, { description: 'How many sessions were ended by this call.' })
  revokedSessions!: number
}

@ObjectType('RevokeSessionPayload', { description: 'A session was ended.' })
export class RevokeSessionPayload {
  @Field(() => String, { description: '`SESSION_REVOKED`.' })
  messageKey!: string
  @Field(() => ID, { description: 'The session that has ended.' })
  sessionId!: string
}

@ObjectType('RevokeOtherSessionsPayload', { description: 'Every other session was ended.' })
export class RevokeOtherSessionsPayload {
  @Field(() => String, { description: '`OTHER_SESSIONS_REVOKED`.' })
  messageKey!: string
  @Field(() => Int, { description: 'How many sessions were ended by this call.' })
  revokedSessions!: number
}
