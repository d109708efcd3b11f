import pg from 'pg'

/** What every statement of a session runs under. */
export interface SessionLimits {
  readonly statementTimeoutMs: number
  readonly searchPath: readonly string[]
}

/** The value of `search_path`: names in quotation marks. */
export function formatSearchPath(names: readonly string[]): string {
  return names.map((name) => pg.escapeIdentifier(name)).join(', ')
}

/**
 * Messages that respond to the statement which sets the limits, to its end. Between them a pooler passes on
 * others, such as ParameterStatus of a session whose parameters it has changed.
 */
const PREAMBLE_RESPONSES: ReadonlySet<string | symbol> = new Set([
  ...['parseComplete', 'bindComplete', 'dataRow', 'commandComplete'],
])
/** Messages that end the responses early, after an error. */
const PREAMBLE_ENDS: ReadonlySet<string | symbol> = new Set([
  'commandComplete',
  'errorMessage',
  'readyForQuery',
])

/**
 * A connection that can set its limits in every transaction instead of once in the session. A pooler in
 * transaction mode, such as PgBouncer, gives each transaction to any server session and accepts no limits for
 * the session. Outside of a transaction the limits travel in front of the statement, in one message and one
 * implicit transaction, so that they cost no round trip.
 *
 * Written by hand on the protocol of node-postgres, which sets limits in its startup message only.
 */
export class LimitedConnection extends pg.Connection {
  /** Whether each transaction sets the limits. */
  isPerTransaction = false
  /** Whether the server has refused a write, because it is a standby or became read-only. */
  isReadOnly = false
  readonly #limits: readonly [name: string, value: string][]
  #isIdle = false
  #isPreambleOpen = false

  constructor(config: pg.ClientConfig, { statementTimeoutMs, searchPath }: SessionLimits) {
    super(config)
    this.#limits = [
      ['statement_timeout', String(statementTimeoutMs)],
      ['search_path', formatSearchPath(searchPath)],
    ]
  }

  /** Whether the last response is complete and no transaction is open. */
  get isIdle(): boolean {
    return this.#isIdle
  }

  override parse(query: pg.QueryParse, more: boolean): void {
    if (this.isPerTransaction && this.#isIdle) this.#sendPreamble()
    this.#isIdle = false
    super.parse(query, more)
  }

  override query(text: string): void {
    const isWrapped = this.isPerTransaction && this.#isIdle
    if (isWrapped && !/^BEGIN\b/i.test(text)) return this.#queryExtended(text)
    this.#isIdle = false
    const settings = this.#limits.map(([name, value]) => `SET LOCAL ${name} = ${formatValue(name, value)}`)
    super.query(isWrapped ? [text, ...settings].join('; ') : text)
  }

  override emit(event: string | symbol, ...values: readonly unknown[]): boolean {
    if (this.#isPreambleOpen) {
      if (PREAMBLE_ENDS.has(event)) this.#isPreambleOpen = false
      if (PREAMBLE_RESPONSES.has(event)) return true
    }
    const [message] = values
    if (event === 'readyForQuery') this.#isIdle = hasField(message, 'status', 'I')
    if (event === 'errorMessage' && hasField(message, 'code', READ_ONLY)) this.isReadOnly = true
    return super.emit(event, ...values)
  }

  /** `set_config`, because `SET LOCAL` warns outside of a block. */
  #sendPreamble(): void {
    const calls = this.#limits.map(
      ([name, value]) => `set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`,
    )
    this.#isPreambleOpen = true
    super.parse({ name: '', text: `SELECT ${calls.join(', ')}`, types: [] }, true)
    this.bind({ values: [] }, true)
    this.execute({}, true)
  }

  /** A simple query would return a result of its own for the limits. */
  #queryExtended(text: string): void {
    this.parse({ name: '', text, types: [] }, true)
    this.bind({ values: [] }, true)
    this.describe({ type: 'P', name: '' }, true)
    this.execute({}, true)
    this.sync()
  }
}

const READ_ONLY = '25006'

function formatValue(name: string, value: string): string {
  return name === 'search_path' ? value : pg.escapeLiteral(value)
}

function hasField(message: unknown, name: string, value: string): boolean {
  return typeof message === 'object' && message !== null && Reflect.get(message, name) === value
}
