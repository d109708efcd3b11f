import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildClientSchema, printClientSchema, printSubgraph } from '../src/composition/resolvers.ts'
import { loadConfig } from '../src/config/load-config.ts'

const folder = join(resolve(import.meta.dirname, '..'), 'schema')

/** The schema of clients, on resolvers without services. */
export const schemaWithoutServices = buildClientSchema

/** The content of `schema/subgraph.graphql`: the subgraph with the default settings. */
export function printDefaultSubgraph(): string {
  return printSubgraph(loadConfig({ variables: {}, readFile: () => '' }))
}

/** Writes `schema/schema.graphql` and `schema/subgraph.graphql`. */
export function writeSchema(): void {
  writeFileSync(join(folder, 'schema.graphql'), printClientSchema())
  writeFileSync(join(folder, 'subgraph.graphql'), printDefaultSubgraph())
}

if (process.argv[1] === import.meta.filename) writeSchema()
