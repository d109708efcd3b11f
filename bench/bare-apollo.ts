import { ApolloServer } from '@apollo/server'
import fastifyApollo from '@as-integrations/fastify'
import Fastify from 'fastify'

// The baseline: the same Apollo Server and Fastify with a single constant field.
const apollo = new ApolloServer({
  typeDefs: 'type Query { hello: String! }',
  resolvers: { Query: { hello: () => 'world' } },
})
await apollo.start()
const app = Fastify()
await app.register(fastifyApollo(apollo))
console.log(JSON.stringify({ address: await app.listen({ port: 0, host: '127.0.0.1' }) }))
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)))
