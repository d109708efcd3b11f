import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { GraphQLSchema } from 'graphql'
import { RESOLVERS } from '../src/composition/resolvers.ts'
import { createSchema, printSortedSchema } from '../src/graphql/schema/schema.ts'

/**
 * The schema that every gateway serves in production, on resolvers without services. Development adds
 * `devOutbox`, which is not for clients; no setting changes the rest.
 */
export function schemaWithoutServices(): GraphQLSchema {
  const entries = RESOLVERS.filter(({ developmentOnly }) => !developmentOnly)
  return createSchema(entries.map(({ type }) => Object.create(type.prototype) as object))
}

/** Writes `schema/schema.graphql`. */
export function writeSchema(): void {
  writeFileSync(
    join(resolve(import.meta.dirname, '..'), 'schema/schema.graphql'),
    printSortedSchema(schemaWithoutServices()),
  )
}

if (process.argv[1] === import.meta.filename) writeSchema()
