// @fastify/jwt on REST: verifies the token (its cache on), then reads session and blacklist by one MGET and
// the account's row.
import Fastify from 'fastify'
import jwt from '@fastify/jwt'
import { openStores } from './stores.mjs'

const { redis, readUser, isActive } = await openStores()
const app = Fastify()
await app.register(jwt, { secret: process.env.PEER_SECRET, verify: { cache: true } })
app.post('/graphql', async (request, reply) => {
  const { sub, sid, jti } = await request.jwtVerify()
  if (!(await isActive(redis, sid, jti))) return reply.code(401).send()
  return { data: { me: await readUser(sub) } }
})
console.log(await app.listen({ port: 0, host: '127.0.0.1' }))
