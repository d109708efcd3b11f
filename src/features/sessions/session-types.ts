import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'
import { NodeInterface } from '../../graphql/schema/node.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { Session } from '../../ports/sessions.ts'
import type { SessionEvent } from './session-watch-service.ts'
import { describeDevice } from './device.ts'

@Access('owner')
@ObjectType('Session', { description: 'Session of an account.', implements: NodeInterface })
export class SessionType {
  @Field(() => ID, { description: 'Session id. It is not a secret.' })
  id!: string
  @Field(() => Boolean, { description: 'Whether it is the session of the caller.' })
  current!: boolean
  @Field(() => String, { nullable: true, description: '`User-Agent` at sign-in.' })
  userAgent!: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Device name from `User-Agent`, such as `Firefox on Linux`.',
  })
  device!: string | null
  @Field(() => String, {
    nullable: true,
    description: 'IP address at sign-in. Its last part is masked and is not stored.',
  })
  ipAddress!: string | null
  @Field(() => [String], {
    description:
      'Authentication methods of the sign-in: `pwd`, `otp` (code by e-mail), `sms`, `totp`, `recovery` (recovery code).',
  })
  methods!: readonly string[]
  @Field(() => DateTime, { description: 'Time of sign-in.' })
  createdAt!: Date
  @Field(() => DateTime, { description: 'Time of the last refresh.' })
  lastUsedAt!: Date
  @Field(() => DateTime, { description: 'Time at which the session expires without a refresh.' })
  expiresAt!: Date
}

/** Converts a session for its owner. */
export function toSessionView(session: Session, currentId: string): SessionType {
  const { id, userAgent, ipAddress, methods, createdAt, lastUsedAt, expiresAt } = session
  return {
    id,
    current: id === currentId,
    userAgent,
    // Read when it is asked for: to parse a User-Agent costs more than the rest of the view.
    get device() {
      return describeDevice(userAgent)
    },
    ipAddress,
    methods,
    createdAt,
    lastUsedAt,
    expiresAt,
  }
}

@Access('public')
@ObjectType('LogoutPayload', { description: 'Result of `logout`.' })
export class LogoutPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `LOGOUT_SUCCESSFUL`.' })
  messageKey!: OutcomeKey
  @Field(() => Int, { description: 'Number of sessions that were ended.' })
  revokedSessions!: number
}

@Access('owner')
@ObjectType('RevokeSessionPayload', { description: 'Result of `revokeSession`.' })
export class RevokeSessionPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `SESSION_REVOKED`.' })
  messageKey!: OutcomeKey
  @Field(() => ID, { description: 'Id of the ended session.' })
  sessionId!: string
}

@Access('owner')
@ObjectType('RevokeOtherSessionsPayload', { description: 'Result of `revokeOtherSessions`.' })
export class RevokeOtherSessionsPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `OTHER_SESSIONS_REVOKED`.' })
  messageKey!: OutcomeKey
  @Field(() => Int, { description: 'Number of sessions that were ended.' })
  revokedSessions!: number
}

/** GraphQL enum of session events. */
export const SessionEventKind = { ENDED: 'ENDED', TOKEN_EXPIRED: 'TOKEN_EXPIRED' } as const
registerEnumType(SessionEventKind, {
  name: 'SessionEventKind',
  description: 'Kind of a session event.',
  valuesConfig: {
    ENDED: { description: 'The session has ended. Sign in again.' },
    TOKEN_EXPIRED: {
      description:
        'The access token of the subscription has expired; the session is active. Refresh, and subscribe with the new token.',
    },
  },
})

/** GraphQL enum of end reasons. */
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
  description: 'Reason for the end of a session.',
  valuesConfig: {
    LOGOUT: { description: 'Sign-out.' },
    LOGOUT_EVERYWHERE: { description: 'Sign-out of all sessions of the account.' },
    REVOKED: { description: 'Revoked by another session of the account.' },
    REUSED: { description: 'Reuse of an old refresh token, which is treated as theft.' },
    SUSPENDED: { description: 'The account was suspended.' },
    EVICTED: { description: 'The account exceeded its number of sessions, and this was the oldest one.' },
    PASSWORD_CHANGED: { description: 'Password change or reset.' },
    EXPIRED: { description: 'Expiry.' },
  },
})

@Access('owner')
@ObjectType('SessionEvent', {
  description: 'Event of the caller’s session. It completes the subscription.',
})
export class SessionEventType {
  @Field(() => SessionEventKind, { description: 'Kind of the event.' })
  kind!: SessionEvent['kind']
  @Field(() => ID, { description: 'Session id.' })
  sessionId!: string
  @Field(() => SessionEndReason, {
    nullable: true,
    description: 'Reason for the end. Null if the session is active.',
  })
  reason!: SessionEvent['reason']
}
