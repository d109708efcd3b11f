import { GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql'
import { guardAccess } from './access.ts'
import { ERROR_TYPES } from './error-types.ts'
import { addMessages } from './message-fields.ts'
import { markChoices } from './one-of.ts'

/** TypeGraphQL requires a pub/sub for subscriptions. Ours return their own iterables, so it is never used. */
const NO_PUB_SUB: PubSub = { publish: rejectTopic, subscribe: rejectTopic }

function rejectTopic(): never {
  throw new Error('Subscriptions of this schema have no topics')
}

/** TypeGraphQL's own type for a class. */
type ResolverClass = NonEmptyArray<Function>[number]

/**
 * Builds the schema of resolver instances; root fields check their access class. The classes are derived from
 * the instances, so the two cannot differ. `development`: accepts fields of the class `developer`.
 */
export function createSchema(
  resolvers: readonly object[],
  { development }: { readonly development: boolean } = { development: false },
): GraphQLSchema {
  const instances = new Map<ResolverClass, object>(
    resolvers.map((resolver) => [resolver.constructor, resolver]),
  )
  const schema = buildSchemaSync({
    resolvers: [...instances.keys()] as NonEmptyArray<ResolverClass>,
    container: { get: (type: ResolverClass) => instances.get(type) },
    validate: false,
    pubSub: NO_PUB_SUB,
  })
  const config = schema.toConfig()
  const extended = new GraphQLSchema({ ...config, types: [...config.types, ...ERROR_TYPES] })
  return guardAccess(markChoices(addMessages(extended)), { development })
}

/** Prints a schema as it is committed in `schema/schema.graphql`: sorted, with descriptions. */
export function printSortedSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}
