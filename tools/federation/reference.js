// The schema that @apollo/subgraph builds from the text of standard input.
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse, printSchema } from 'graphql'

const sdl = Buffer.concat(await process.stdin.toArray()).toString()
console.log(printSchema(buildSubgraphSchema({ typeDefs: parse(sdl) })))
