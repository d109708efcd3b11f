import './scalars.ts'
import { Field, ID, InterfaceType } from 'type-graphql'

/** Names of the types that `node` returns. */
type NodeTypeName = 'Post' | 'Session' | 'User'

/** A value of the type `Node` with the name of its object type. */
export interface NamedNode {
  readonly __typename: NodeTypeName
  readonly id: string
}

/** Relay's `Node`: https://relay.dev/graphql/objectidentification.htm. */
@InterfaceType('Node', {
  description: 'Object that `node` reads by its id (Relay).',
  resolveType: ({ __typename }: NamedNode) => __typename,
})
export abstract class NodeInterface {
  @Field(() => ID, { description: 'Id, unique among the objects of all types.' })
  id!: string
}
