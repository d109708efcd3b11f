import { Field, ID, ObjectType } from 'type-graphql'
import type { Slice } from '../../core/connection.ts'
import { encodeCursor } from '../../core/cursor.ts'
import { Access } from '../../graphql/schema/access.ts'
import { PageInfo, toPageInfo } from '../../graphql/schema/connections.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { AuditEvent } from '../../ports/audit-events.ts'

@Access('owner')
@ObjectType('AuditEvent', { description: 'Something that happened to the security of my account.' })
export class AuditEventType {
  @Field(() => ID, { description: 'Stable identifier.' })
  id!: string
  @Field(() => DateTime, { description: 'When it happened.' })
  at!: Date
  @Field(() => String, {
    description:
      'What happened, as the OWASP Logging Vocabulary names it where it does: `authn_login_success`, `authn_login_fail`, `authn_token_revoked` … New ones may be added.',
  })
  event!: string
  @Field(() => ID, { nullable: true, description: 'The session it is about, which may have ended.' })
  sessionId!: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Where the request came from; the last part is masked and was never stored.',
  })
  ipAddress!: string | null
  @Field(() => String, { nullable: true, description: 'Why, in one or two words of the gateway.' })
  reason!: string | null
}

@Access('owner')
@ObjectType('AuditEventEdge', { description: 'An event and its place in the list.' })
export class AuditEventEdge {
  @Field(() => String, { description: 'Opaque place, for `after` and `before`.' })
  cursor!: string
  @Field(() => AuditEventType, { description: 'The event.' })
  node!: AuditEventType
}

@Access('owner')
@ObjectType('AuditEventConnection', { description: 'A page of events (Relay cursor connections).' })
export class AuditEventConnection {
  @Field(() => [AuditEventEdge], { description: 'Events with their cursors.' })
  edges!: AuditEventEdge[]
  @Field(() => [AuditEventType], { description: 'The events alone.' })
  nodes!: AuditEventType[]
  @Field(() => PageInfo, { description: 'What lies beyond this page.' })
  pageInfo!: PageInfo
}

/** The connection of a page. The request's id, the counts and the service stay with the operator. */
export function toAuditEventConnection(slice: Slice<AuditEvent>): AuditEventConnection {
  const edges = slice.rows.map(({ id, at, event, sessionId, ipAddress, reason }) => ({
    cursor: encodeCursor({ at, id }),
    node: { id, at, event, sessionId, ipAddress, reason },
  }))
  return { edges, nodes: edges.map(({ node }) => node), pageInfo: toPageInfo(slice, edges) }
}
