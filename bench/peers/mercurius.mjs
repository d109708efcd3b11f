// mercurius with graphql-jit: the same check before the resolver of `me`.
import Fastify from 'fastify'
import jwt from '@fastify/jwt'
import mercurius from 'mercurius'
import { openStores } from './stores.mjs'

const { redis, readUser, isActive } = await openStores()
const app = Fastify()
await app.register(jwt, { secret: process.env.PEER_SECRET, verify: { cache: true } })
await app.register(mercurius, {
  schema: 'type User { id: ID! email: String! } type Query { me: User! }',
  resolvers: { Query: { me: (_, __, { user }) => readUser(user.sub) } },
  jit: 1,
  context: async (request) => {
    const user = await request.jwtVerify()
    if (!(await isActive(redis, user.sid, user.jti))) throw new Error('not active')
    return { user }
  },
})
console.log(await app.listen({ port: 0, host: '127.0.0.1' }))
