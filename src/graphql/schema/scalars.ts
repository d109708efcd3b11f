// TypeGraphQL requires this import before the first decorated class; each file with such a class imports this
// one.
import 'reflect-metadata'
import { GraphQLDateTimeISO } from 'graphql-scalars'
import { GraphQLScalarType } from 'graphql'

/** Any JSON value, as Apollo Federation defines the scalar: its field checks the form. */
export const AnyScalar = new GraphQLScalarType({
  name: '_Any',
  description: 'Reference to an entity: an object with its `__typename` and the fields of its key.',
})

/** RFC 3339 date and time in UTC. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description: 'Date and time in UTC (RFC 3339), such as 2026-01-31T08:00:00.000Z.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
})
