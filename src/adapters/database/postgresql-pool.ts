import pg from 'pg'
import type { PostgresqlConfig } from '../../config/groups/database.ts'
import type { Logger } from '../../ports/logger.ts'
import { requireChannelBinding } from './channel-binding.ts'
import { requireRole } from './postgresql-role.ts'
import { LimitedConnection, formatSearchPath, type SessionLimits } from './limited-connection.ts'
import type { PostgresqlTargets } from './postgresql-targets.ts'

/**
 * Milliseconds after the statement timeout at which the client gives up. The server cancels a statement
 * before: a slow statement is therefore reported by the server (57014), and a timeout of the client means
 * that the server does not respond.
 */
const RESPONSE_MARGIN_MS = 200

type ConnectCallback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: Error | boolean) => void,
) => void

/**
 * A pool of connections to the first server of a URL that can be used. Another host, or another way of TLS,
 * is tried at once when one fails: node-postgres knows one host only. A connection is discarded when its
 * server has become read-only and when it is released in the middle of a response or of a transaction.
 */
export class PostgresqlPool extends pg.Pool {
  readonly #targets: PostgresqlTargets
  readonly #limits: SessionLimits
  readonly #log: Logger
  readonly #connections: WeakMap<pg.ClientBase, LimitedConnection>
  readonly #examined = new WeakSet<pg.ClientBase>()
  /** Whether new connections set their limits in each transaction. */
  #isPerTransaction: boolean

  constructor(targets: PostgresqlTargets, config: PostgresqlConfig, log: Logger) {
    const limits = { statementTimeoutMs: config.statementTimeoutMs, searchPath: targets.address.searchPath }
    const connections = new WeakMap<pg.ClientBase, LimitedConnection>()
    const describe = (): pg.ClientConfig => ({
      ...targets.describe(),
      query_timeout: config.statementTimeoutMs + RESPONSE_MARGIN_MS,
      ...(this.#isPerTransaction ? {} : toStartupParameters(limits, targets.address.options)),
    })
    super({
      max: config.poolSize,
      connectionTimeoutMillis: config.connectTimeoutMs,
      Client: createClientClass(describe, {
        limits,
        connections,
        requiresBinding: targets.address.channelBinding === 'require',
      }),
    })
    this.#targets = targets
    this.#limits = limits
    this.#log = log
    this.#connections = connections
    this.#isPerTransaction = targets.address.isPooled
    this.on('release', (_error, client) => this.#discardUnusable(client))
  }

  override connect(): Promise<pg.PoolClient>
  override connect(callback: ConnectCallback): void
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | undefined {
    const connected = this.#targets.connectToAny(() => this.#connectWithLimits())
    if (!callback) return connected
    connected.then(
      (client) => callback(undefined, client, (release) => client.release(release)),
      (error: Error) => callback(error, undefined, () => undefined),
    )
    return undefined
  }

  /** Connects once more, without limits of the session, to a server that has refused them. */
  async #connectWithLimits(): Promise<pg.PoolClient> {
    // Concurrent connections are refused together, and only the first of them finds the reason.
    const wasPerTransaction = this.#isPerTransaction
    try {
      return await this.#connectOnce()
    } catch (error) {
      if (wasPerTransaction || !isStartupRefusal(error)) throw error
      this.#setLimitsPerTransaction()
      return this.#connectOnce()
    }
  }

  async #connectOnce(): Promise<pg.PoolClient> {
    const client = await super.connect()
    if (this.#examined.has(client)) return client
    try {
      await this.#examine(client)
    } catch (error) {
      client.release(true)
      throw error
    }
    this.#examined.add(client)
    return client
  }

  /** Checks the role of the server, and that the limits hold: a pooler can ignore startup parameters. */
  async #examine(client: pg.PoolClient): Promise<void> {
    const connection = this.#connections.get(client)
    if (connection) connection.isPerTransaction = this.#isPerTransaction
    const {
      rows: [state],
    } = await client.query<{ timeout: number; path: string; standby: boolean; readOnly: string }>(EXAMINATION)
    if (!state) throw new Error('the server returned no row')
    requireRole(this.#targets.address.targetSessionAttrs, state)
    const { statementTimeoutMs, searchPath } = this.#limits
    if (state.timeout === statementTimeoutMs && state.path === formatSearchPath(searchPath)) return
    this.#setLimitsPerTransaction()
    if (connection) connection.isPerTransaction = true
  }

  #setLimitsPerTransaction(): void {
    if (this.#isPerTransaction) return
    this.#isPerTransaction = true
    this.#log.info(
      { event: 'database.pooler_detected' },
      'a pooler does not keep the limits of a database session: they are set in each transaction',
    )
  }

  #discardUnusable(client: pg.ClientBase): void {
    const connection = this.#connections.get(client)
    if (connection && (connection.isReadOnly || !connection.isIdle) && client instanceof pg.Client)
      void client.end()
  }
}

/** `statement_timeout` in milliseconds: the text has a unit, as an interval has. */
const EXAMINATION = `SELECT CAST(EXTRACT(EPOCH FROM CAST(current_setting('statement_timeout') AS interval)) * 1000 AS int) AS timeout,
  current_setting('search_path') AS path, pg_is_in_recovery() AS standby, current_setting('transaction_read_only') AS "readOnly"`

/** The limits as parameters of the startup message, which cost nothing later. */
function toStartupParameters(
  { statementTimeoutMs, searchPath }: SessionLimits,
  options: string | null,
): pg.ClientConfig {
  const path = formatSearchPath(searchPath).replace(/[\\ ]/g, '\\$&')
  return {
    statement_timeout: statementTimeoutMs,
    options: [options, `-c search_path=${path}`].filter((text) => text !== null).join(' '),
  }
}

interface ClientOptions {
  readonly limits: SessionLimits
  readonly connections: WeakMap<pg.ClientBase, LimitedConnection>
  readonly requiresBinding: boolean
}

/** A pool creates its clients itself, without arguments that could name the target of the moment. */
function createClientClass(
  describe: () => pg.ClientConfig,
  { limits, connections, requiresBinding }: ClientOptions,
): new () => pg.Client {
  return class extends pg.Client {
    constructor() {
      const config = describe()
      const { ssl, sslnegotiation } = config
      const details = { ssl, sslNegotiation: sslnegotiation, keepAlive: true }
      const connection = new LimitedConnection(details, limits)
      super({ ...config, ...{ connection } })
      if (requiresBinding) requireChannelBinding(connection)
      // A pool listens on its idle connections only. A connection that breaks later rejects its statements.
      this.on('error', () => undefined)
      connections.set(this, connection)
    }
  }
}

/** PgBouncer (08P01) and RDS Proxy (0A000) name what they refuse. */
function isStartupRefusal(error: unknown): boolean {
  return error instanceof Error && /startup parameter|command-line options/i.test(error.message)
}
