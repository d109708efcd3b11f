import { Arg, Int, Query, Resolver } from 'type-graphql'
import { Access } from '../../graphql/schema/access.ts'
import type { DevMailboxService } from './dev-mailbox-service.ts'
import { DevMailboxMessageType } from './dev-mailbox-types.ts'

/** The development mailbox, which is not part of the production schema. */
@Resolver()
export class DevMailboxResolver {
  readonly #devMailbox: DevMailboxService

  constructor(devMailbox: DevMailboxService) {
    this.#devMailbox = devMailbox
  }

  @Access('developer')
  @Query(() => [DevMailboxMessageType], {
    description:
      'Latest messages of both channels, newest first. Only in development and test, for the callers that `DEV_OUTBOX` selects.',
  })
  async devOutbox(
    @Arg('first', () => Int, { defaultValue: 20, description: 'Number of messages, 1 to 100.' })
    first: number,
  ): Promise<DevMailboxMessageType[]> {
    return [...(await this.#devMailbox.latest(first))]
  }
}
