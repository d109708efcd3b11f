import { Field, ID, ObjectType } from 'type-graphql'
import type { Slice } from '../../core/connection.ts'
import { Access } from '../../graphql/schema/access.ts'
import { PageInfo, toConnection } from '../../graphql/schema/connections.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { AuditEvent } from '../../ports/audit-events.ts'

@Access('owner')
@ObjectType('AuditEvent', { description: 'Security event of the caller’s account.' })
export class AuditEventType {
  @Field(() => ID, { description: 'Event id.' })
  id!: string
  @Field(() => DateTime, { description: 'Time of the event.' })
  at!: Date
  @Field(() => String, {
    description:
      'Name of the event, from the OWASP Logging Vocabulary if it has one: `authn_login_success`, `authn_login_fail`, `authn_token_revoked` … New names can be added.',
  })
  event!: string
  @Field(() => ID, { nullable: true, description: 'Id of the session, which can have ended.' })
  sessionId!: string | null
  @Field(() => String, {
    nullable: true,
    description: 'IP address of the request. Its last part is masked and is not stored.',
  })
  ipAddress!: string | null
  @Field(() => String, { nullable: true, description: 'Reason, a fixed name of one or two words.' })
  reason!: string | null
}

@Access('owner')
@ObjectType('AuditEventEdge', { description: 'Edge of an `AuditEventConnection`.' })
export class AuditEventEdge {
  @Field(() => String, { description: 'Opaque cursor for `after` and `before`.' })
  cursor!: string
  @Field(() => AuditEventType, { description: 'The event.' })
  node!: AuditEventType
}

@Access('owner')
@ObjectType('AuditEventConnection', { description: 'Page of security events (Relay cursor connection).' })
export class AuditEventConnection {
  @Field(() => [AuditEventEdge], { description: 'Events with their cursors.' })
  edges!: AuditEventEdge[]
  @Field(() => [AuditEventType], { description: 'Events without cursors.' })
  nodes!: AuditEventType[]
  @Field(() => PageInfo, { description: 'Page information.' })
  pageInfo!: PageInfo
}

/** Converts a page of events. Request ids, counts and service names are only for operators. */
export function toAuditEventConnection(slice: Slice<AuditEvent>): AuditEventConnection {
  return toConnection(
    slice,
    ({ at, id }) => ({ at, id }),
    ({ id, at, event, sessionId, ipAddress, reason }) => ({ id, at, event, sessionId, ipAddress, reason }),
  )
}
