import { Field, ObjectType, registerEnumType } from 'type-graphql'
import type { Channel } from '../../core/channel.ts'
import { Access } from '../../graphql/schema/access.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { DevMailboxMessage } from '../../ports/dev-mailbox.ts'

/** GraphQL enum of channels. */
export const DevMailboxChannelEnum = { EMAIL: 'EMAIL', SMS: 'SMS' } as const satisfies Record<
  Channel,
  Channel
>
registerEnumType(DevMailboxChannelEnum, {
  name: 'OutboxChannel',
  description: 'Channel of a message.',
  valuesConfig: { EMAIL: { description: 'E-mail.' }, SMS: { description: 'Text message.' } },
})

@Access('developer')
@ObjectType('OutboxMessage', { description: 'Message in the development mailbox.' })
export class DevMailboxMessageType {
  @Field(() => DateTime, { description: 'Time of sending.' })
  at!: Date
  @Field(() => DevMailboxChannelEnum, { description: 'Channel of the message.' })
  channel!: DevMailboxMessage['channel']
  @Field(() => String, { description: 'E-mail address or phone number of the recipient.' })
  to!: string
  @Field(() => String, { nullable: true, description: 'Subject. Null for a text message.' })
  subject!: string | null
  @Field(() => String, { description: 'Plain text.' })
  text!: string
  @Field(() => String, { nullable: true, description: 'HTML document. Null for a text message.' })
  html!: string | null
}
