import Libsql from 'libsql'
import pg from 'pg'
import { USERS } from './servers.ts'

/** Connections of the pool, as the gateway has them. */
const CONNECTIONS = 10
const CREATE =
  'CREATE TABLE chains (id TEXT PRIMARY KEY, counter INTEGER NOT NULL, expires_at BIGINT NOT NULL)'
const UPDATE =
  'UPDATE chains SET counter = counter + 1 WHERE id = $1 AND counter = $2 AND expires_at > $3 RETURNING counter'

/** Updates one row from its counter. */
type Update = (id: string, counter: number) => unknown

/**
 * One conditional UPDATE by the bare driver, the minimum of a refresh, in a database of its own. The function
 * that it returns updates the row of a caller.
 */
export async function openUpdates(url: string): Promise<(caller: number) => Promise<void>> {
  const update = url.startsWith('file:') ? openSqlite(url) : await openPostgresql(url)
  const counters = Array.from({ length: USERS }, () => 0)
  return async (caller) => {
    await update(`${caller}`, counters[caller] ?? 0)
    counters[caller] = (counters[caller] ?? 0) + 1
  }
}

async function openPostgresql(url: string): Promise<Update> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS })
  await pool.query(CREATE)
  for (let id = 0; id < USERS; id += 1) await pool.query('INSERT INTO chains VALUES ($1, 0, 1)', [`${id}`])
  return (id, counter) => pool.query({ name: 'update', text: UPDATE, values: [id, counter, 0] })
}

function openSqlite(url: string): Update {
  const database = new Libsql(url.slice('file:'.length))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;')
  database.exec(CREATE)
  for (let id = 0; id < USERS; id += 1) database.prepare('INSERT INTO chains VALUES (?, 0, 1)').run(`${id}`)
  const statement = database.prepare(UPDATE.replaceAll(/\$\d/g, '?')).raw(true)
  return (id, counter) => statement.all(id, counter, 0)
}
