import { Field, Int, ObjectType } from 'type-graphql'
import type { Channel } from '../../core/channel.ts'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'
import { OtpChannelEnum } from '../otp/otp-types.ts'

@Access('public')
@ObjectType('UndoChangePayload', {
  description: 'Result of `undoChange`. It does not sign in: reset the password next.',
})
export class UndoChangePayload {
  @Field(() => String, { description: 'Key of the text in `message`: `CHANGE_UNDONE`.' })
  messageKey!: OutcomeKey
  @Field(() => Int, { description: 'Number of sessions that were ended.' })
  revokedSessions!: number
  @Field(() => [OtpChannelEnum], {
    description:
      'Channels whose address could not be restored, because it belongs to another account now. Usually empty.',
  })
  takenContacts!: readonly Channel[]
}
