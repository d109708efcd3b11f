// Composes subgraphs to a supergraph: compose.js <apollo|guild>. Reads `[{ name, url, sdl }]` from standard input
// and prints the supergraph. Errors of composition are printed to standard error, with status 1.
import { composeServices as composeByApollo } from '@apollo/composition'
import { composeServices as composeByGuild } from '@theguild/federation-composition'
import { parse } from 'graphql'

const [, , library] = process.argv
const input = await process.stdin.toArray()
const services = JSON.parse(Buffer.concat(input).toString()).map(({ name, url, sdl }) => ({
  name,
  url,
  typeDefs: parse(sdl),
}))
const compose = { apollo: composeByApollo, guild: composeByGuild }[library]
const { errors, supergraphSdl } = compose(services)
for (const error of errors ?? []) console.error(error.message)
if (supergraphSdl) console.log(supergraphSdl)
else process.exitCode = 1
