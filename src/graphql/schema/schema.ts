import { GraphQLEnumType, GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql'
import { ERROR_CODES } from '../../core/errors.ts'
import { FIELD_ACCESS, guardAccess, type AccessTable } from './access.ts'
import { addMessages } from './message-fields.ts'

/** TypeGraphQL asks for one wherever there is a subscription; ours name what they listen to themselves. */
const NO_TOPICS: PubSub = { publish: unused, subscribe: unused }

function unused(): never {
  throw new Error('subscriptions here have no topics')
}

/** TypeGraphQL's own type for a class. */
type ResolverClass = NonEmptyArray<Function>[number]

/** The schema of ready resolver instances, its root fields guarded by their access class. Classes are derived from the instances, so the two cannot disagree. */
export function createSchema(
  resolvers: readonly object[],
  access: AccessTable = FIELD_ACCESS,
): GraphQLSchema {
  const instances = new Map<ResolverClass, object>(
    resolvers.map((resolver) => [resolver.constructor, resolver]),
  )
  const schema = buildSchemaSync({
    resolvers: [...instances.keys()] as NonEmptyArray<ResolverClass>,
    container: { get: (type: ResolverClass) => instances.get(type) },
    validate: false,
    pubSub: NO_TOPICS,
  })
  const config = schema.toConfig()
  const whole = new GraphQLSchema({ ...config, types: [...config.types, errorCode] })
  return guardAccess(addMessages(whole), access)
}

/** No field returns it: it is in the schema so that generated types carry the codes. */
const errorCode = new GraphQLEnumType({
  name: 'ErrorCode',
  description: 'The values of `extensions.code` in errors. New ones may be added.',
  values: Object.fromEntries(
    Object.entries(ERROR_CODES).map(([code, { message }]) => [code, { description: message }]),
  ),
})

/** The schema as it is committed in `schema/schema.graphql`: sorted, with descriptions. */
export function printedSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}
