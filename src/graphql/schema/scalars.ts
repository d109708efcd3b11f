// TypeGraphQL's decorators need this before the first class that uses them; every such class imports this file.
import 'reflect-metadata'
import { GraphQLDateTimeISO } from 'graphql-scalars'
import { GraphQLScalarType } from 'graphql'

/** RFC 3339 date and time in UTC. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description: 'A date and time in UTC, as RFC 3339 writes it, e.g. 2026-01-31T08:00:00.000Z.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
})
