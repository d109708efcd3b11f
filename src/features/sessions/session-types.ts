import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { Session } from '../../ports/sessions.ts'
import type { SessionEvent } from './session-watch-service.ts'
import { describeDevice } from './device.ts'

@Access('owner')
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
  @Field(() => [String], {
    description:
      'How the person proved who they are: `pwd`, `otp` (a code by e-mail), `sms`, `totp`, `recovery` (a recovery code).',
  })
  methods!: readonly string[]
  @Field(() => DateTime, { description: 'When it started.' })
  createdAt!: Date
  @Field(() => DateTime, { description: 'When it was last refreshed.' })
  lastUsedAt!: Date
  @Field(() => DateTime, { description: 'When it ends unless it is refreshed.' })
  expiresAt!: Date
}

/** The session as its account sees it. */
export function toSessionView(session: Session, currentId: string): SessionType {
  const { id, userAgent, ipAddress, methods, createdAt, lastUsedAt, expiresAt } = session
  const device = describeDevice(userAgent)
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

@Access('public')
@ObjectType('LogoutPayload', { description: 'Signed out.' })
export class LogoutPayload {
  @Field(() => String, { description: '`LOGOUT_SUCCESSFUL`.' })
  messageKey!: OutcomeKey
  @Field(() => Int, { description: 'How many sessions were ended by this call.' })
  revokedSessions!: number
}

@Access('owner')
@ObjectType('RevokeSessionPayload', { description: 'A session was ended.' })
export class RevokeSessionPayload {
  @Field(() => String, { description: '`SESSION_REVOKED`.' })
  messageKey!: OutcomeKey
  @Field(() => ID, { description: 'The session that has ended.' })
  sessionId!: string
}

@Access('owner')
@ObjectType('RevokeOtherSessionsPayload', { description: 'Every other session was ended.' })
export class RevokeOtherSessionsPayload {
  @Field(() => String, { description: '`OTHER_SESSIONS_REVOKED`.' })
  messageKey!: OutcomeKey
  @Field(() => Int, { description: 'How many sessions were ended by this call.' })
  revokedSessions!: number
}

/** What `sessionEvents` tells. */
export const SessionEventKind = { ENDED: 'ENDED', TOKEN_EXPIRED: 'TOKEN_EXPIRED' } as const
registerEnumType(SessionEventKind, {
  name: 'SessionEventKind',
  description: 'What `sessionEvents` tells.',
  valuesConfig: {
    ENDED: { description: 'The session is over: sign in again.' },
    TOKEN_EXPIRED: {
      description:
        'The session lives; the access token that watched it has ended: refresh, and watch with the new one.',
    },
  },
})

/** Why a session is over. */
export const SessionEndReason = {
  LOGOUT: 'LOGOUT',
  LOGOUT_EVERYWHERE: 'LOGOUT_EVERYWHERE',
  REVOKED: 'REVOKED',
  REUSED: 'REUSED',
  SUSPENDED: 'SUSPENDED',
  EVICTED: 'EVICTED',
  PASSWORD_CHANGED: 'PASSWORD_CHANGED',
  EXPIRED: 'EXPIRED',
} as const
registerEnumType(SessionEndReason, {
  name: 'SessionEndReason',
  description: 'Why a session is over.',
  valuesConfig: {
    LOGOUT: { description: 'It was signed out of.' },
    LOGOUT_EVERYWHERE: { description: 'The account was signed out of everywhere.' },
    REVOKED: { description: 'Another session of the account ended it.' },
    REUSED: { description: 'A refresh token older than the last came back: a copy is in other hands.' },
    SUSPENDED: { description: 'The account was suspended.' },
    EVICTED: { description: 'The account has as many sessions as it may, and this was the oldest.' },
    PASSWORD_CHANGED: { description: 'The password of the account was changed or reset.' },
    EXPIRED: { description: 'Its time was over.' },
  },
})

@Access('owner')
@ObjectType('SessionEvent', {
  description: 'News of the session that watches; the last on its subscription.',
})
export class SessionEventType {
  @Field(() => SessionEventKind, { description: 'What has happened.' })
  kind!: SessionEvent['kind']
  @Field(() => ID, { description: 'The session.' })
  sessionId!: string
  @Field(() => SessionEndReason, { nullable: true, description: 'Why it is over; null where it lives.' })
  reason!: SessionEvent['reason']
}
