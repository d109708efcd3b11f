/**
 * An option of object types in long lists: graphql-js reads their properties itself. TypeGraphQL would call a
 * function and create three objects for each of some hundred fields. Field resolvers are not affected.
 */
export const PLAIN_FIELDS = { simpleResolvers: true } as const
