import { Arg, ID, Query, Resolver } from 'type-graphql'
import type { SignedInCaller } from '../../core/caller.ts'
import { Price } from '../../graphql/guards/price.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { Access } from '../../graphql/schema/access.ts'
import { NodeInterface, type NamedNode } from '../../graphql/schema/node.ts'
import { SignedIn } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import { toPostView } from '../posts/post-types.ts'
import { toSessionView } from '../sessions/session-types.ts'
import { toPublicUserView, toUserView } from '../users/user-types.ts'
import type { FoundNode, NodeService } from './node-service.ts'

/** Relay's refetching by id. */
@Resolver()
export class NodeResolver {
  readonly #nodes: NodeService

  constructor(nodes: NodeService) {
    this.#nodes = nodes
  }

  /** Not `Cacheable`: whether a session is active depends on the time. */
  @Access('signed-in', 'session')
  @Query(() => NodeInterface, {
    nullable: true,
    description:
      'Object by id (Relay): a post, a session of the caller, the account of the caller, or that of the author of a post. Null if the caller can read none with this id. Requires sign-in.',
  })
  @RateLimit(LIMITS.node)
  // Up to three statements.
  @Price(60)
  async node(
    @Arg('id', () => ID, { description: 'Id of the object.' }) id: string,
    @SignedIn() caller: SignedInCaller,
  ): Promise<NamedNode | null> {
    const found = await this.#nodes.find(caller, id)
    return found && toNode(found, caller)
  }
}

function toNode(found: FoundNode, caller: SignedInCaller): NamedNode {
  switch (found.kind) {
    case 'account':
      return { ...toUserView(caller.account, caller.userId), __typename: 'User' }
    case 'author':
      return { ...toPublicUserView(found.author), __typename: 'User' }
    case 'session':
      return { ...toSessionView(found.session, caller.sessionId), __typename: 'Session' }
    case 'post':
      return { ...toPostView(caller, found.post), __typename: 'Post' }
  }
}
