import { isInputObjectType, isNonNullType, type GraphQLSchema } from 'graphql'
import { Extensions } from 'type-graphql'

/** Name of the GraphQL extension that marks the input type. */
const EXTENSION = 'oneOf'

/**
 * Declares an input type `@oneOf`: exactly one of its fields must be given, and must not be null. TypeGraphQL
 * 2.0.0-rc.4 does not know the directive, so `markChoices` marks the built types.
 */
export function RequireOne(): ClassDecorator & MethodDecorator & PropertyDecorator {
  return Extensions({ [EXTENSION]: true })
}

/** Marks the declared input types. Throws if a field of one is required or has a default value. */
export function markChoices(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isInputObjectType(type) || type.extensions[EXTENSION] !== true) continue
    for (const { name, type: fieldType, defaultValue } of Object.values(type.getFields()))
      if (isNonNullType(fieldType) || defaultValue !== undefined)
        throw new Error(`${type.name}.${name}: fields of a oneOf input must be optional without a default`)
    type.isOneOf = true
  }
  return schema
}
