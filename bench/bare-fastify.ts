import Fastify from 'fastify'
import { Redis } from 'ioredis'

// What a cached response must cost at least: Fastify without GraphQL parses the request and sends a constant
// text, if a URL is given after one MGET. It verifies, measures and logs nothing. Arguments: bytes of the
// text, URL of Redis.

const [bytes = '0', url] = process.argv.slice(2)
const redis = url === undefined ? null : new Redis(url)
const body = JSON.stringify({ data: { text: 'x'.repeat(Number(bytes)) } })
const app = Fastify()
app.post('/graphql', async (request, reply) => {
  const { query } = request.body as { query: string }
  await redis?.mget(`${query}:session`, `${query}:blacklist`, `${query}:generation`)
  return reply.type('application/json; charset=utf-8').send(body)
})
console.log(await app.listen({ port: 0, host: '127.0.0.1' }))
