import { Field, ObjectType, registerEnumType } from 'type-graphql'
import { Access } from '../../graphql/schema/access.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { DevMailboxMessage } from '../../ports/dev-mailbox.ts'

/** GraphQL enum of the ways that messages travel. */
export const DevMailboxChannelEnum = { EMAIL: 'EMAIL', SMS: 'SMS' } as const
registerEnumType(DevMailboxChannelEnum, {
  name: 'OutboxChannel',
  description: 'How a message travels.',
  valuesConfig: { EMAIL: { description: 'By e-mail.' }, SMS: { description: 'As a text message.' } },
})

@Access('developer')
@ObjectType('OutboxMessage', { description: 'A message as the development mailbox keeps it.' })
export class DevMailboxMessageType {
  @Field(() => DateTime, { description: 'When it was handed over.' })
  at!: Date
  @Field(() => DevMailboxChannelEnum, { description: 'How it travels.' })
  channel!: DevMailboxMessage['channel']
  @Field(() => String, { description: 'E-mail address or phone number.' })
  to!: string
  @Field(() => String, { nullable: true, description: 'Null for a text message.' })
  subject!: string | null
  @Field(() => String, { description: 'As plain text.' })
  text!: string
  @Field(() => String, { nullable: true, description: 'As an HTML document; null for a text message.' })
  html!: string | null
}
