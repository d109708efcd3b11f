import { Arg, Int, Query, Resolver } from 'type-graphql'
import { Access } from '../../graphql/schema/access.ts'
import type { DevMailboxService } from './dev-mailbox-service.ts'
import { DevMailboxMessageType } from './dev-mailbox-types.ts'

/** The development mailbox. Its resolver is given to no production schema. */
@Resolver()
export class DevMailboxResolver {
  readonly #devMailbox: DevMailboxService

  constructor(devMailbox: DevMailboxService) {
    this.#devMailbox = devMailbox
  }

  @Access('developer')
  @Query(() => [DevMailboxMessageType], {
    description:
      'The latest messages of both channels, newest first. Exists in development and test alone, for callers on the same machine (`DEV_OUTBOX`).',
  })
  async devOutbox(
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many, 1 to 100.' }) first: number,
  ): Promise<DevMailboxMessageType[]> {
    return [...(await this.#devMailbox.latest(first))]
  }
}
