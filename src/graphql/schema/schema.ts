import { GraphQLEnumType, GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql'
import { ERROR_CODES } from '../../core/errors.ts'
import { guardAccess } from './access.ts'
import { addMessages } from './message-fields.ts'

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
  const extended = new GraphQLSchema({ ...config, types: [...config.types, errorCodeType] })
  return guardAccess(addMessages(extended), { development })
}

/** No field returns it. The schema contains it so that generated types have the codes. */
const errorCodeType = new GraphQLEnumType({
  name: 'ErrorCode',
  description: 'Value of `extensions.code` in errors. New values can be added.',
  values: Object.fromEntries(
    Object.entries(ERROR_CODES).map(([code, { description }]) => [code, { description }]),
  ),
})

/** Prints a schema as it is committed in `schema/schema.graphql`: sorted, with descriptions. */
export function printSortedSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}
