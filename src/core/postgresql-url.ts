/** Whether the server is authenticated, and by what: the modes of libpq, with its meaning. */
export type SslMode = (typeof SSL_MODES)[number]
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

/** Which of several hosts is used, as in libpq, whose `prefer-standby` an order of hosts expresses here. */
export type TargetSessionAttrs = (typeof TARGET_SESSION_ATTRS)[number]
const TARGET_SESSION_ATTRS = ['any', 'read-write', 'read-only', 'primary', 'standby'] as const

/** One server of a URL. `host`: a name, an address, or the folder of a Unix socket, which begins with `/`. */
export interface PostgresqlHost {
  readonly host: string
  readonly port: number
}

/** What a `postgresql://` URL says. Null: not said. */
export interface PostgresqlAddress {
  /** In the order in which they are tried. */
  readonly hosts: readonly [PostgresqlHost, ...PostgresqlHost[]]
  readonly user: string | null
  readonly password: string | null
  readonly database: string | null
  readonly sslMode: SslMode
  /** `direct`: TLS without the request of PostgreSQL, since PostgreSQL 17. */
  readonly sslNegotiation: 'postgres' | 'direct'
  /** Paths of PEM files. */
  readonly files: {
    readonly rootCertificate: string | null
    readonly certificate: string | null
    readonly key: string | null
  }
  readonly channelBinding: 'disable' | 'prefer' | 'require'
  /** Schemas in which tables are looked up; they are created in the first. */
  readonly searchPath: readonly [string, ...string[]]
  readonly targetSessionAttrs: TargetSessionAttrs
  /** Whether a pooler in transaction mode is in between, as `pgbouncer=true` says. */
  readonly isPooled: boolean
  readonly applicationName: string | null
  /** Command-line options of the session, without `search_path`. */
  readonly options: string | null
}

/** The URL cannot be used. The message says what is expected, and never quotes a value. */
export class PostgresqlUrlError extends Error {
  override readonly name = 'PostgresqlUrlError'
}

/** The schema of tables where the URL names none. */
export const DEFAULT_SCHEMA = 'public'
const DEFAULT_PORT = 5432

/** Parameters whose place a setting takes, or that other drivers need and this one does not. */
const IGNORED: ReadonlySet<string> = new Set([
  ...['connect_timeout', 'connection_limit', 'pool_timeout', 'socket_timeout', 'statement_cache_size'],
  ...['pool_mode', 'sslidentity', 'sslaccept', 'gssencmode', 'keepalives', 'keepalives_idle'],
])
const HONOURED: ReadonlySet<string> = new Set([
  ...['host', 'port', 'user', 'password', 'sslmode', 'ssl', 'sslnegotiation', 'sslrootcert', 'sslcert'],
  ...['sslkey', 'channel_binding', 'schema', 'search_path', 'options', 'target_session_attrs', 'pgbouncer'],
  ...['application_name', 'client_encoding'],
])

const SHAPE = /^(?:postgres|postgresql):\/\/(?:([^@/?#]*)@)?([^@/?#]*)(?:\/([^@?#]*))?(?:\?([^#@]*))?$/

/**
 * Reads a URL as libpq does, with several hosts and Unix sockets, which the URL parser of the platform
 * rejects. Throws `PostgresqlUrlError`; a parameter that is not known is rejected, because a misspelt
 * `sslmode` would otherwise turn TLS off.
 */
export function parsePostgresqlUrl(text: string): PostgresqlAddress {
  const match = SHAPE.exec(text)
  if (!match)
    throw new PostgresqlUrlError(
      'postgresql://…, with @ : / ? # and % in its user name and password percent-encoded',
    )
  const [, credentials = '', authority = '', path = '', query = ''] = match
  const parameters = readParameters(query)
  const [user = '', ...password] = credentials.split(':')
  if (password.length > 1) throw new PostgresqlUrlError('a URL with : in its password percent-encoded')
  const { searchPath, options } = readSearchPath(parameters)
  const rootCertificate = parameters.get('sslrootcert') ?? null
  // As in libpq, `host` leaves the port of the authority in force.
  const host = parameters.get('host')
  const port = host === undefined ? undefined : /:(\d+)$/.exec(authority)?.[1]
  const hosts = readHosts(host ?? decode(authority, false), parameters.get('port') ?? port)
  return {
    hosts,
    user: parameters.get('user') ?? (decode(user) || null),
    password: parameters.get('password') ?? (decode(password[0] ?? '') || null),
    database: decode(path) || null,
    sslMode: readSslMode(parameters),
    sslNegotiation: selectValue(parameters, 'sslnegotiation', ['postgres', 'direct'] as const),
    files: {
      rootCertificate: rootCertificate === 'system' ? null : rootCertificate,
      certificate: parameters.get('sslcert') ?? null,
      key: parameters.get('sslkey') ?? null,
    },
    channelBinding: selectValue(parameters, 'channel_binding', ['prefer', 'disable', 'require'] as const),
    searchPath,
    targetSessionAttrs: readTarget(parameters, hosts.length),
    isPooled: parameters.get('pgbouncer') === 'true',
    applicationName: parameters.get('application_name') ?? null,
    options,
  }
}

/** Whether a URL is one of PostgreSQL. */
export function isPostgresqlUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text)
}

function readParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>()
  for (const pair of query.split('&').filter(Boolean)) {
    const [name = '', ...value] = pair.split('=')
    if (!HONOURED.has(name) && !IGNORED.has(name))
      throw new PostgresqlUrlError(`a URL without the parameter ${name.replace(/[^\w-]/g, '').slice(0, 40)}`)
    // A plus sign is a plus sign, as in libpq.
    parameters.set(name, decode(value.join('=')))
  }
  return parameters
}

function readSslMode(parameters: ReadonlyMap<string, string>): SslMode {
  const mode = parameters.get('sslmode')
  // The names of node-postgres and JDBC.
  if (mode === 'no-verify') return 'require'
  const flag = parameters.get('ssl')
  if (mode === undefined && flag !== undefined) return /^(true|1)$/.test(flag) ? 'verify-full' : 'disable'
  // As libpq: the authorities of the system are trusted for nothing less than `verify-full`.
  if (parameters.get('sslrootcert') === 'system') return 'verify-full'
  if (mode === undefined) return 'prefer'
  return selectValue(parameters, 'sslmode', SSL_MODES)
}

/** With several hosts and nothing said, the one that accepts writes: a gateway needs it. */
function readTarget(parameters: ReadonlyMap<string, string>, hosts: number): TargetSessionAttrs {
  if (!parameters.has('target_session_attrs')) return hosts > 1 ? 'read-write' : 'any'
  return selectValue(parameters, 'target_session_attrs', TARGET_SESSION_ATTRS)
}

/** The value of a parameter, or the first of the accepted ones where it is not set. */
function selectValue<Value extends string>(
  parameters: ReadonlyMap<string, string>,
  name: string,
  accepted: readonly [Value, ...Value[]],
): Value {
  const value = parameters.get(name)
  if (value === undefined) return accepted[0]
  const found = accepted.find((candidate) => candidate === value)
  if (found === undefined) throw new PostgresqlUrlError(`${name} to be one of ${accepted.join(', ')}`)
  return found
}

function readHosts(list: string, ports: string | undefined): PostgresqlAddress['hosts'] {
  const defaults = ports?.split(',') ?? []
  const entries = list.split(',')
  const [first, ...others] = entries.map((entry, index): PostgresqlHost => {
    const [, host = entry, port] = /^(\[[^\]]*\]|[^:]*):(\d*)$/.exec(entry) ?? []
    const isFolder = host.startsWith('/')
    return {
      host: isFolder ? entry : decode(host.replace(/^\[|\]$/g, '')) || 'localhost',
      port: toPort((isFolder ? undefined : port) ?? defaults[index] ?? defaults[0]),
    }
  })
  if (!first) throw new PostgresqlUrlError('a URL with a host')
  for (const { host } of [first, ...others])
    if (/\s/.test(host) || (host.includes(':') && !/^[\da-f:.%]+$/i.test(host) && !host.startsWith('/')))
      throw new PostgresqlUrlError('a URL with a host and a port from 1 to 65535')
  return [first, ...others]
}

function toPort(text: string | undefined): number {
  if (!text) return DEFAULT_PORT
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new PostgresqlUrlError('a URL with a host and a port from 1 to 65535')
  return port
}

/** From `schema` (Prisma), `search_path`, or `options=-c search_path=…` (libpq). */
function readSearchPath(parameters: ReadonlyMap<string, string>): {
  readonly searchPath: PostgresqlAddress['searchPath']
  readonly options: string | null
} {
  const given = parameters.get('options') ?? ''
  const pattern = /(?:-c\s*|--)search_path=((?:\\.|[^\s\\])+)/
  const ofOptions = pattern.exec(given)?.[1]?.replace(/\\(.)/g, '$1')
  const options = given.replace(pattern, '').trim() || null
  const schema = parameters.get('schema')
  const list = parameters.get('search_path') ?? ofOptions
  if (schema !== undefined && list !== undefined)
    throw new PostgresqlUrlError('a URL with either schema or search_path')
  const [first, ...others] =
    schema === undefined ? (list ?? DEFAULT_SCHEMA).split(',').map(unquote) : [schema]
  if (!first || [first, ...others].some((name) => name === '' || name.includes('\0') || name.length > 63))
    throw new PostgresqlUrlError('a URL with a schema of 1 to 63 characters')
  return { searchPath: [first, ...others], options }
}

/** The name of an identifier in SQL: one without quotation marks is in lower case. */
function unquote(identifier: string): string {
  const name = identifier.trim()
  return /^".*"$/.test(name) ? name.slice(1, -1).replace(/""/g, '"') : name.toLowerCase()
}

function decode(text: string, isRequired = true): string {
  try {
    return decodeURIComponent(text)
  } catch {
    if (!isRequired) return text
    throw new PostgresqlUrlError('a URL in which % is percent-encoded')
  }
}
