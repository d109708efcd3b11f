import { createClient } from '@libsql/client'
import { query } from '../../support/servers/postgres.ts'

const USERS = 6500
const POSTS = 13_000

/** Fills the tables of a database with enough rows that scans of them would be slower than their indexes. */
export async function seedRows(url: string): Promise<void> {
  const isSqlite = url.startsWith('file:')
  const time = isSqlite
    ? "strftime('%Y-%m-%dT%H:%M:%f+00:00', 1700000000 + n, 'unixepoch')"
    : 'to_timestamp(1700000000 + n)::timestamp(3)'
  const numbers = (count: number) =>
    isSqlite
      ? `(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < ${String(count - 1)}) SELECT n FROM c)`
      : `generate_series(0, ${count - 1}) AS c(n)`
  const isPublished = isSqlite ? 'n % 5 > 0' : '(n % 5 > 0)'
  const user = `'user' || (n % ${USERS})`
  const statements = [
    `INSERT INTO users (id, email, email_verified_at, status, roles, created_at, updated_at)
      SELECT 'user' || n, 'user' || n || '@example.com', ${time}, 'ACTIVE', 'USER', ${time}, ${time} FROM ${numbers(USERS)}`,
    `INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at)
      SELECT 'post' || n, ${user}, 'Title', 'every rare' || n || ' text', ${isPublished}, ${time}, ${time} FROM ${numbers(POSTS)}`,
    `INSERT INTO sessions (id, user_id, methods, created_at, last_used_at, expires_at, absolute_expires_at)
      SELECT 'session' || n, ${user}, 'otp', ${time}, ${time}, ${time}, ${time} FROM ${numbers(POSTS)}`,
    `INSERT INTO api_keys (id, user_id, name, secret_hash, secret_prefix, scopes, created_at)
      SELECT 'key' || n, ${user}, 'Key', 'x', 'x', 'x', ${time} FROM ${numbers(POSTS)}`,
    `INSERT INTO audit_events (id, at, event, user_id) SELECT 'event' || n, ${time}, 'x', ${user} FROM ${numbers(POSTS)}`,
    `INSERT INTO outgoing_messages (id, sealed, created_at, due_at, expires_at)
      SELECT 'message' || n, 'x', ${time}, ${time}, ${time} FROM ${numbers(POSTS)}`,
    `INSERT INTO recovery_codes (code_hash, user_id, created_at) SELECT 'code' || n, ${user}, ${time} FROM ${numbers(POSTS)}`,
    `INSERT INTO account_changes (id, user_id, kind, security_stamp, created_at, expires_at)
      SELECT 'change' || n, ${user}, 'x', n, ${time}, ${time} FROM ${numbers(POSTS)}`,
    isSqlite ? 'SELECT 1' : 'VACUUM ANALYZE',
  ]
  if (!isSqlite) {
    for (const statement of statements) await query(url, statement)
    return
  }
  const client = createClient({ url })
  for (const statement of statements) await client.execute(statement)
  client.close()
}
