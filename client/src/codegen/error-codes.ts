import type { GraphQLSchema } from 'graphql'

/** Enums of the schema whose values are written, by the name of their constant. */
const ENUMS = { ERROR_CODES: 'ErrorCode', ERROR_REASONS: 'ErrorReason', FIELD_ERROR_CODES: 'FieldErrorCode' }

/**
 * Plug-in of GraphQL Code Generator that writes the values of the error enums of this package. Its plug-in
 * `typescript` writes their types only.
 */
export function plugin(schema: GraphQLSchema): string {
  const constants = Object.entries(ENUMS).map(([constant, name]) => {
    const type = schema.getType(name)
    // Not `isEnumType`: the generator has a copy of graphql-js of its own.
    if (!type || !('getValues' in type)) throw new Error(`the schema has no enum ${name}`)
    const values = type.getValues().map((value) => `  '${value.name}',\n`)
    return `/** The values of the schema's enum \`${name}\`. */\nexport const ${constant} = [\n${values.join('')}] as const\n`
  })
  return constants.join('\n')
}
