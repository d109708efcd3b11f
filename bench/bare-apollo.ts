import { ApolloServer } from '@apollo/server'
import fastifyApollo from '@as-integrations/fastify'
import Fastify from 'fastify'
import { openUpdates } from './conditional-update.ts'
import { signToken } from './sample-token.ts'

// The same Apollo Server and Fastify behind which nothing is checked, limited, logged or measured. `hello` is
// the baseline. The other fields are the minimum of those of the gateway: `me` and `posts` return constants
// of the same shape, `refresh` runs one conditional UPDATE and signs one token. Argument: the URL of a
// PostgreSQL database of its own.

const TYPES = `
  type Query { hello: String! me: Account! posts(first: Int): Page! }
  type Mutation { refresh(refreshToken: String!): Tokens! }
  type Account { id: ID! email: String }
  type Page { nodes: [Post!]! pageInfo: PageInfo! }
  type Post { id: ID! title: String! published: Boolean! author: Author! }
  type Author { id: ID! fullName: String }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Tokens { accessToken: String! refreshToken: String! }
`
const ID = 'i'.repeat(24)
const ACCOUNT = { id: ID, email: 'person1@example.com' }
const POST = { title: 'A title of some length', published: true, author: { id: ID, fullName: null } }
const PAGE = {
  nodes: Array.from({ length: 20 }, (_, index) => ({ ...POST, id: `${ID}${index}` })),
  pageInfo: { hasNextPage: true, endCursor: 'c'.repeat(60) },
}

const [url = ''] = process.argv.slice(2)
const update = await openUpdates(url)

/** `refreshToken`: the number of the caller. */
async function refresh(_source: unknown, { refreshToken }: { readonly refreshToken: string }) {
  await update(Number(refreshToken))
  return { accessToken: await signToken(), refreshToken }
}

const apollo = new ApolloServer({
  typeDefs: TYPES,
  resolvers: {
    Query: { hello: () => 'world', me: () => ACCOUNT, posts: () => PAGE },
    Mutation: { refresh },
  },
})
await apollo.start()
const app = Fastify()
await app.register(fastifyApollo(apollo))
console.log(JSON.stringify({ address: await app.listen({ port: 0, host: '127.0.0.1' }) }))
process.once('SIGTERM', () => void app.close().then(() => process.exit(0)))
