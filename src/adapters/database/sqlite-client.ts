import { LibsqlError, type Client, type InStatement, type ResultSet, type Transaction } from '@libsql/client'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import Libsql from 'libsql'
import { PrismaClient } from '../../generated/sqlite/client.ts'
import { SqliteConnection } from './sqlite-connection.ts'

/** Prisma's client on one SQLite connection. */
export async function openSqlite(url: string): Promise<PrismaClient> {
  const connection = new SqliteConnection(url)
  const prisma = new PrismaClient({ adapter: new SingleConnection(url, connection) })
  await prisma.$connect()
  return prisma
}

/**
 * Prisma's libSQL adapter lets one statement or transaction run at a time, yet its own client opens a new connection after
 * every transaction: PRAGMAs are lost, and transactions begin deferred, so that one which reads first fails at once when
 * another process writes. Here one connection of ours serves everything.
 */
class SingleConnection extends PrismaLibSql {
  readonly #connection: SqliteConnection

  constructor(url: string, connection: SqliteConnection) {
    super({ url })
    this.#connection = connection
  }

  override createClient(): Client {
    return clientOn(this.#connection)
  }
}

/** What Prisma's adapter calls of libSQL's client. */
function clientOn(connection: SqliteConnection): Client {
  const execute = (statement: InStatement) => answer(() => toResult(connection, statement))
  const executeMultiple = (script: string) => answer(() => connection.script(script))
  const transaction = (): Transaction => ({
    execute,
    executeMultiple,
    batch: unused,
    commit: () => answer(() => connection.end('COMMIT')),
    rollback: () => answer(() => connection.end('ROLLBACK')),
    close: () => undefined,
    closed: false,
  })
  return {
    protocol: 'file',
    closed: false,
    execute,
    executeMultiple,
    transaction: () => answer(() => (connection.begin(), transaction())),
    close: () => connection.close(),
    reconnect: () => undefined,
    batch: unused,
    migrate: unused,
    sync: unused,
  }
}

function toResult(connection: SqliteConnection, statement: InStatement): ResultSet {
  const { sql, args = [] } = typeof statement === 'string' ? { sql: statement } : statement
  const { columns, rows, rowsAffected } = connection.run(
    sql,
    Array.isArray(args) ? args : Object.values(args),
  )
  return {
    columns: columns.map(({ name }) => name),
    columnTypes: columns.map(({ type }) => type ?? ''),
    // The adapter reads rows by position alone.
    rows: rows as unknown as ResultSet['rows'],
    rowsAffected,
    lastInsertRowid: undefined,
    toJSON: () => ({ columns, rows, rowsAffected }),
  }
}

/** A synchronous call as a promise, its failure as the error class that Prisma's adapter translates. */
async function answer<T>(call: () => T): Promise<T> {
  try {
    return call()
  } catch (error) {
    if (!(error instanceof Libsql.SqliteError)) throw error
    throw new LibsqlError(error.message, error.code, undefined, error.rawCode, error)
  }
}

function unused(): Promise<never> {
  return Promise.reject(new Error('Prisma does not call this'))
}
