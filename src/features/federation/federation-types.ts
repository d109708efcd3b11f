import { Field, ObjectType, createUnionType } from 'type-graphql'
import { Access } from '../../graphql/schema/access.ts'
import { PostType } from '../posts/post-types.ts'
import { UserType } from '../users/user-types.ts'

/** An entity with the name of its type. */
export type EntityView =
  (UserType & { readonly __typename: 'User' }) | (PostType & { readonly __typename: 'Post' })

/** GraphQL union of the types that have a key. */
export const EntityUnion = createUnionType({
  name: '_Entity',
  description: 'An entity that other subgraphs can refer to.',
  types: () => [UserType, PostType] as const,
  resolveType: (entity) => (entity as unknown as EntityView).__typename,
})

@Access('public')
@ObjectType('_Service', { description: 'This subgraph.' })
export class ServiceType {
  @Field(() => String, { description: 'The schema with the directives of Apollo Federation 2.' })
  sdl!: string
}
