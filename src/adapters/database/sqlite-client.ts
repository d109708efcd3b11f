import { LibsqlError, type Client, type InStatement, type ResultSet, type Transaction } from '@libsql/client'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import Libsql from 'libsql'
import type { Random } from '../../core/secrets.ts'
import { PrismaClient } from '../../generated/sqlite/client.ts'
import type { QueryTexts } from './database.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { openSqliteConnection } from './sqlite-opening.ts'
import { createTextQuery } from './text-queries.ts'

/** Prisma's client, and fast statements, on one SQLite connection. */
export async function openSqlite(
  url: string,
  random: Random,
): Promise<{ prisma: PrismaClient; queryTexts: QueryTexts; readVersion: () => Promise<string> }> {
  const connection = await openSqliteConnection(url, random)
  const adapter = new SingleConnection(url, connection)
  const prisma = new PrismaClient({ adapter })
  await prisma.$connect()
  return {
    prisma,
    queryTexts: createTextQuery('sqlite', () => adapter.connect()),
    readVersion: () => runAsync(() => connection.readVersion()),
  }
}

/**
 * Prisma's libSQL adapter on one connection. The adapter's own client opens a new connection after every
 * transaction, which loses the PRAGMAs, and starts transactions as deferred, so that a transaction that reads
 * first fails when another process writes.
 */
class SingleConnection extends PrismaLibSql {
  readonly #connection: SqliteConnection
  #connected: ReturnType<PrismaLibSql['connect']> | undefined

  constructor(url: string, connection: SqliteConnection) {
    super({ url })
    this.#connection = connection
  }

  /** One adapter for all, because its lock keeps other statements out of a transaction. */
  override connect(): ReturnType<PrismaLibSql['connect']> {
    return (this.#connected ??= super.connect())
  }

  override createClient(): Client {
    return createClientOn(this.#connection)
  }
}

/** The part of libSQL's client that Prisma's adapter uses. */
function createClientOn(connection: SqliteConnection): Client {
  const execute = (statement: InStatement) => runAsync(() => toResult(connection, statement))
  const executeMultiple = (script: string) => runAsync(() => connection.script(script))
  const transaction = (): Transaction => ({
    execute,
    executeMultiple,
    batch: rejectUnused,
    commit: () => runAsync(() => connection.end('COMMIT')),
    rollback: () => runAsync(() => connection.end('ROLLBACK')),
    close: () => undefined,
    closed: false,
  })
  return {
    protocol: 'file',
    closed: false,
    execute,
    executeMultiple,
    transaction: () => runAsync(() => (connection.begin(), transaction())),
    close: () => connection.close(),
    reconnect: () => undefined,
    batch: rejectUnused,
    migrate: rejectUnused,
    sync: rejectUnused,
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
    // The adapter reads rows by position only.
    rows: rows as unknown as ResultSet['rows'],
    rowsAffected,
    lastInsertRowid: undefined,
    toJSON: () => ({ columns, rows, rowsAffected }),
  }
}

/** Runs a synchronous call. Its errors become the error class that Prisma's adapter expects. */
async function runAsync<T>(call: () => T): Promise<T> {
  try {
    return call()
  } catch (error) {
    if (!(error instanceof Libsql.SqliteError)) throw error
    throw new LibsqlError(error.message, error.code, undefined, error.rawCode, error)
  }
}

function rejectUnused(): Promise<never> {
  return Promise.reject(new Error('not implemented: Prisma does not call this method'))
}
