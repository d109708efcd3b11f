import { Arg, Int, Query, Resolver } from 'type-graphql'
import type { OutboxService } from './dev-mailbox-service.ts'
import { OutboxMessageType } from './dev-mailbox-types.ts'

/** The development outbox. Its resolver is given to no production schema. */
@Resolver()
export class OutboxResolver {
  readonly #outbox: OutboxService

  constructor(outbox: OutboxService) {
    this.#outbox = outbox
  }

  @Query(() => [OutboxMessageType], {
    description:
      'The latest messages of both channels, newest first. Exists in development and test alone, for callers on the same machine (`DEV_OUTBOX`).',
  })
  async devOutbox(
    @Arg('first', () => Int, { defaultValue: 20, description: 'How many, 1 to 100.' }) first: number,
  ): Promise<OutboxMessageType[]> {
    return [...(await this.#outbox.latest(first))]
  }
}
