// Redis and PostgreSQL as every peer with JWTs reads them.
import { Redis } from 'ioredis'
import pg from 'pg'

/** Opens the stores that the environment names. */
export async function openStores() {
  const redis = new Redis(process.env.PEER_REDIS, { enableAutoPipelining: true })
  const pool = new pg.Pool({ connectionString: process.env.PEER_DATABASE, max: 10 })
  const text = 'SELECT id, email FROM peer_users WHERE id = $1'
  return {
    redis,
    readUser: async (id) => (await pool.query({ name: 'user', text, values: [id] })).rows[0],
    isActive: async (store, sid, jti) => {
      const [record, blacklisted] = await store.mget(`session:{${sid}}`, `blacklist:{${sid}}:${jti}`)
      return record !== null && blacklisted === null
    },
  }
}
