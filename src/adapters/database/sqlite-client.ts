import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  createClient,
  type Client,
  type Config,
  type InStatement,
  type ResultSet,
  type Transaction,
} from '@libsql/client'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { PrismaClient } from '../../generated/sqlite/client.ts'

/**
 * How long SQLite itself waits for another process's lock, in milliseconds. It waits on the event loop, so it is short;
 * the longer patience is `run`'s, which waits asynchronously.
 */
const BUSY_TIMEOUT_MS = 50

/**
 * WAL lets readers go on beside the one writer. FULL syncs at each commit: a sign-out that was answered as done survives a
 * power cut. Every connection must be told; here there is one.
 */
const PRAGMAS = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  `busy_timeout = ${BUSY_TIMEOUT_MS}`,
]

/** Path of a `file:` URL, without the scheme. */
export function sqlitePath(url: string): string {
  return url.slice('file:'.length)
}

/** Makes the folder, and the file with mode 0600 before SQLite can make it with another. */
export function prepareSqliteFile(url: string): void {
  const path = sqlitePath(url)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
}

/** Prisma's client on one SQLite connection. */
export async function openSqlite(url: string): Promise<PrismaClient> {
  prepareSqliteFile(url)
  const prisma = new PrismaClient({ adapter: new SingleConnectionLibSql({ url, timeout: BUSY_TIMEOUT_MS }) })
  await prisma.$connect()
  return prisma
}

/**
 * Prisma's libSQL adapter lets one statement or transaction run at a time, yet the driver opens a new connection after every
 * transaction: PRAGMAs are lost, and transactions begin deferred, so that one which reads first fails at once when another
 * process writes. Here one connection serves everything and every transaction takes the write lock as it begins.
 */
class SingleConnectionLibSql extends PrismaLibSql {
  override createClient(config: Config): Client {
    return singleConnection(createClient(config))
  }
}

/** The methods that Prisma's adapter calls, on one connection. */
function singleConnection(client: Client): Client {
  const connection = new Connection(client)
  return {
    protocol: client.protocol,
    closed: false,
    execute: (statement: InStatement) => connection.execute(statement),
    executeMultiple: (script: string) => connection.executeMultiple(script),
    transaction: () => connection.begin(),
    close: () => client.close(),
    reconnect: () => client.reconnect(),
    batch: unused,
    migrate: unused,
    sync: unused,
  }
}

/**
 * The driver never resets a statement that failed: until it is garbage-collected, every COMMIT on its connection fails with
 * "SQL statements in progress". So a connection on which something failed is replaced, at once or when its transaction ends.
 */
class Connection {
  readonly #client: Client
  #fresh = false
  #inTransaction = false

  constructor(client: Client) {
    this.#client = client
  }

  execute(statement: InStatement): Promise<ResultSet> {
    return this.#use(() => this.#client.execute(statement))
  }

  executeMultiple(script: string): Promise<void> {
    return this.#use(() => this.#client.executeMultiple(script))
  }

  async begin(): Promise<Transaction> {
    await this.execute('BEGIN IMMEDIATE')
    this.#inTransaction = true
    return {
      execute: (statement: InStatement) => this.execute(statement),
      executeMultiple: (script: string) => this.executeMultiple(script),
      batch: unused,
      commit: () => this.#end('COMMIT'),
      rollback: () => this.#end('ROLLBACK'),
      close: () => undefined,
      closed: false,
    }
  }

  async renew(): Promise<void> {
    this.#client.reconnect()
    for (const pragma of PRAGMAS) await this.#client.execute(`PRAGMA ${pragma}`)
    this.#fresh = true
  }

  async #end(statement: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    try {
      await this.execute(statement)
    } finally {
      this.#inTransaction = false
    }
  }

  async #use<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#fresh && !this.#inTransaction) await this.renew()
    try {
      return await work()
    } catch (error) {
      this.#fresh = false
      throw error
    }
  }
}

function unused(): Promise<never> {
  return Promise.reject(new Error('Prisma does not call this'))
}
