// Apollo Gateway on the supergraph of standard input. Prints its URL.
import { createServer } from 'node:http'
import { ApolloGateway } from '@apollo/gateway'
import { ApolloServer, HeaderMap } from '@apollo/server'
import { AuthDataSource } from './apollo-data-source.js'

const supergraphSdl = Buffer.concat(await process.stdin.toArray()).toString()
const apollo = new ApolloServer({
  gateway: new ApolloGateway({ supergraphSdl, buildService: ({ url }) => new AuthDataSource({ url }) }),
  includeStacktraceInErrorResponses: false,
})
await apollo.start()
const server = createServer(async (request, response) => {
  const headers = new HeaderMap(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
  const body = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}')
  const cookies = []
  const result = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method: request.method ?? 'POST', headers, search: '', body },
    context: async () => ({ headers, socket: request.socket, cookies }),
  })
  response.writeHead(result.status ?? 200, { ...Object.fromEntries(result.headers), 'set-cookie': cookies })
  response.end(result.body.kind === 'complete' ? result.body.string : '')
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/graphql`))
