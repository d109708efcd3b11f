import { Arg, Query, Resolver } from 'type-graphql'
import type { AccountCaller } from '../../core/caller.ts'
import { Price } from '../../graphql/guards/price.ts'
import { Access } from '../../graphql/schema/access.ts'
import { AnyScalar } from '../../graphql/schema/scalars.ts'
import { ForAccount } from '../../graphql/schema/signed-in.ts'
import { toPostView } from '../posts/post-types.ts'
import { toUserViewFor } from '../users/user-types.ts'
import { parseRepresentations, type Entity, type EntityService } from './entity-service.ts'
import { EntityUnion, ServiceType, type EntityView } from './federation-types.ts'

/**
 * The entities of a subgraph.
 *
 * Not `@apollo/subgraph`: 2.15 requires Node.js 22, 2.14 depends on a package under the Elastic License, and
 * both build a schema from its text, which has no access classes, prices and other extensions.
 */
@Resolver()
export class EntityResolver {
  readonly #entities: EntityService

  constructor(entities: EntityService) {
    this.#entities = entities
  }

  @Access('signed-in', 'posts:read')
  @Price(20)
  @Query(() => [EntityUnion], {
    name: '_entities',
    nullable: 'items',
    description:
      'Entities by their keys, for the router of a federated graph. Null for an entity that does not exist or that the caller cannot read. Requires sign-in.',
  })
  async readEntities(
    @Arg('representations', () => [AnyScalar], { description: 'References, at most 100.' })
    representations: readonly unknown[],
    @ForAccount() caller: AccountCaller,
  ): Promise<(EntityView | null)[]> {
    const entities = await this.#entities.find(caller, parseRepresentations(representations))
    return entities.map((entity) => toEntityView(entity, caller))
  }
}

/** The schema of this subgraph, which is not part of the production schema, as introspection is not. */
@Resolver()
export class SubgraphResolver {
  readonly #sdl: string

  constructor(sdl: string) {
    this.#sdl = sdl
  }

  @Access('public')
  @Query(() => ServiceType, {
    name: '_service',
    description: 'This subgraph, for the composition of a federated graph. Only in development and test.',
  })
  describeService(): ServiceType {
    return { sdl: this.#sdl }
  }
}

function toEntityView(entity: Entity, caller: AccountCaller): EntityView | null {
  switch (entity?.type) {
    case undefined:
      return null
    case 'User':
      return { ...toUserViewFor(caller, entity.user), __typename: 'User' }
    case 'Post':
      return { ...toPostView(caller, entity.post), __typename: 'Post' }
  }
}
