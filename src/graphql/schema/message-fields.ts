import { GraphQLNonNull, GraphQLString, isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import type { Context } from '../context.ts'

type Field = GraphQLField<unknown, unknown>

/**
 * Adds the field `message` to every type with a `messageKey`: the text of the key, in the response language.
 */
export function addMessages(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue
    const fields: Record<string, Field> = type.getFields()
    if (fields['messageKey']) fields['message'] = buildMessageField(fields['messageKey'])
  }
  return schema
}

/** `extensions`: the text has the access class of its key. */
function buildMessageField({ extensions }: Field): Field {
  return {
    name: 'message',
    description: 'Text of `messageKey`, in the language negotiated from `Accept-Language`.',
    type: new GraphQLNonNull(GraphQLString),
    args: [],
    resolve: (source, _args, context) => {
      const { messageKey } = source as { readonly messageKey: OutcomeKey }
      const { responseLanguage } = context as Context
      responseLanguage.used = true
      return responseLanguage.language.responses.outcomes[messageKey]
    },
    deprecationReason: undefined,
    extensions,
    astNode: undefined,
  }
}
