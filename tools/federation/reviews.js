// A second subgraph: reviews of posts. Prints its URL.
import { createServer } from 'node:http'
import { ApolloServer, HeaderMap } from '@apollo/server'
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'

/** Its schema, for composition. */
export const typeDefs = `
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable"])

type Query {
  reviews(first: Int): ReviewConnection!
  featured(users: [ID!] = [], posts: [ID!] = []): Featured!
}

type Mutation {
  addReview(text: String!, author: ID!, post: ID!): Review!
}

type Review @key(fields: "id") {
  id: ID!
  text: String!
  author: User
  post: Post
}

type ReviewConnection {
  nodes: [Review!]!
  pageInfo: PageInfo!
}

type PageInfo @shareable {
  hasNextPage: Boolean!
  hasPreviousPage: Boolean!
  startCursor: String
  endCursor: String
}

type Featured {
  users: [User]!
  posts: [Post]!
}

type User @key(fields: "id") {
  id: ID!
  reviews: [Review!]!
}

type Post @key(fields: "id") {
  id: ID!
  reviews: [Review!]!
}
`

/** @type {{ id: string, text: string, author: object, post: object }[]} */
const reviews = []
const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null }
const resolvers = {
  Query: {
    reviews: () => ({ nodes: reviews, pageInfo }),
    featured: (_, { users, posts }) => ({
      users: users.map((id) => ({ id })),
      posts: posts.map((id) => ({ id })),
    }),
  },
  Mutation: {
    addReview(_, { text, author, post }) {
      const review = { id: String(reviews.length + 1), text, author: { id: author }, post: { id: post } }
      reviews.push(review)
      return review
    },
  },
  User: { reviews: ({ id }) => reviews.filter(({ author }) => author.id === id) },
  Post: { reviews: ({ id }) => reviews.filter(({ post }) => post.id === id) },
}

async function start() {
  const apollo = new ApolloServer({
    schema: buildSubgraphSchema({ typeDefs: parse(typeDefs), resolvers }),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  })
  await apollo.start()
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray()
    const headers = new HeaderMap(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    const httpGraphQLRequest = {
      ...{ method: 'POST', headers, search: '' },
      body: JSON.parse(Buffer.concat(chunks).toString()),
    }
    const {
      status,
      headers: sent,
      body,
    } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest,
      context: async () => ({}),
    })
    response.writeHead(status ?? 200, Object.fromEntries(sent))
    response.end(body.kind === 'complete' ? body.string : '')
  })
  server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/graphql`))
}

if (process.argv[1] === import.meta.filename) await start()
