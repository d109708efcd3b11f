import { GraphQLNonNull, GraphQLString, isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { RESPONSES } from '../../locales/index.ts'
import type { Context } from '../context.ts'

/** Gives every type that has a `messageKey` its `message` too: the text of that key in the language of the request. */
export function addMessages(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue
    const fields: Record<string, GraphQLField<unknown, unknown>> = type.getFields()
    if (fields['messageKey']) fields['message'] = messageField()
  }
  return schema
}

function messageField(): GraphQLField<unknown, unknown> {
  return {
    name: 'message',
    description: 'The text of `messageKey`, in the language that `Accept-Language` asks for.',
    type: new GraphQLNonNull(GraphQLString),
    args: [],
    resolve: (source, _args, context) => {
      const { messageKey } = source as { readonly messageKey: OutcomeKey }
      const { responseLanguage } = context as Context
      responseLanguage.used = true
      return RESPONSES[responseLanguage.language].outcomes[messageKey]
    },
    deprecationReason: undefined,
    extensions: {},
    astNode: undefined,
  }
}
