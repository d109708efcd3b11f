// express with passport-jwt and express-session on connect-redis: verifies the token, loads the session from
// Redis, and reads the account's row.
import express from 'express'
import session from 'express-session'
import { RedisStore } from 'connect-redis'
import { createClient } from 'redis'
import passport from 'passport'
import { ExtractJwt, Strategy } from 'passport-jwt'
import { openStores } from './stores.mjs'

const { redis, readUser, isActive } = await openStores()
const client = await createClient({ url: process.env.PEER_REDIS }).connect()
const app = express()
app.use(
  session({
    store: new RedisStore({ client }),
    secret: process.env.PEER_SECRET,
    resave: false,
    saveUninitialized: false,
  }),
)
const options = {
  jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
  secretOrKey: process.env.PEER_SECRET,
}
passport.use(
  new Strategy(options, (claims, done) => {
    isActive(redis, claims.sid, claims.jti)
      .then(async (active) => done(null, active ? await readUser(claims.sub) : false))
      .catch(done)
  }),
)
app.post('/graphql', passport.authenticate('jwt', { session: false }), (request, response) =>
  response.json({ data: { me: request.user } }),
)
const server = app.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
