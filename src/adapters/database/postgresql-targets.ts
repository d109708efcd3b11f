import { readFileSync } from 'node:fs'
import type { ClientConfig } from 'pg'
import type { PostgresqlConfig } from '../../config/groups/database.ts'
import { parsePostgresqlUrl, type PostgresqlAddress, type SslMode } from '../../core/postgresql-url.ts'
import { DatabaseSettingError } from './database-setting-error.ts'

type TlsOptions = Exclude<ClientConfig['ssl'], boolean | undefined>

/** One way to connect: a host, with or without TLS. */
export interface PostgresqlTarget {
  readonly host: string
  readonly port: number
  readonly ssl: TlsOptions | false
}

/** The application name that PostgreSQL lists in `pg_stat_activity` where the URL has none. */
const APPLICATION_NAME = 'graphql-auth-gateway'

/**
 * The ways to connect to the servers of a URL, and the one that worked last. node-postgres connects to one
 * host and reads `sslmode` in a meaning of its own, so hosts and TLS are chosen here, as libpq does.
 */
export class PostgresqlTargets {
  readonly address: PostgresqlAddress
  readonly #all: readonly PostgresqlTarget[]
  readonly #config: PostgresqlConfig
  #index = 0

  /** Throws `DatabaseSettingError` if a file of the URL cannot be read. */
  constructor(url: string, config: PostgresqlConfig) {
    this.address = parsePostgresqlUrl(url)
    this.#config = config
    const tls = buildTlsOptions(this.address, config)
    this.#all = this.address.hosts.flatMap(({ host, port }) =>
      listTlsOptions(host, this.address.sslMode, tls).map((ssl) => ({ host, port, ssl })),
    )
  }

  get current(): PostgresqlTarget {
    const target = this.#all[this.#index]
    if (!target) throw new Error('a URL has at least one host')
    return target
  }

  /**
   * Connects to the current target, and to each other one once while that fails. Rejects with the failure of
   * the last.
   */
  async connectToAny<Connected>(connect: () => Promise<Connected>): Promise<Connected> {
    for (const tried = new Set<PostgresqlTarget>(); ;) {
      const target = this.current
      try {
        return await connect()
      } catch (error) {
        if (!this.#moveOnFrom(target, error, tried)) throw error
      }
    }
  }

  /**
   * Selects the next target that one attempt to connect has not tried, unless a concurrent one has selected
   * another. A host that did not respond is left altogether: with the other way of TLS it would take the
   * connect timeout once more. Returns false if the attempt has tried all.
   */
  #moveOnFrom(failed: PostgresqlTarget, error: unknown, tried: Set<PostgresqlTarget>): boolean {
    for (const target of this.#all)
      if (target === failed || (isTimeout(error) && isSameHost(target, failed))) tried.add(target)
    const start = this.#all.indexOf(failed)
    const others = [...this.#all.slice(start + 1), ...this.#all.slice(0, start)]
    const next = others.find((target) => !tried.has(target))
    if (next && this.current === failed) this.#index = this.#all.indexOf(next)
    return next !== undefined && !tried.has(this.current)
  }

  /** How node-postgres connects to the current target. */
  describe(): ClientConfig {
    const { user, password, database, applicationName, options, sslNegotiation, channelBinding } =
      this.address
    return {
      ...this.current,
      ...(user === null ? {} : { user }),
      ...(password === null ? {} : { password }),
      ...(database === null ? {} : { database }),
      ...(options === null ? {} : { options }),
      ...(sslNegotiation === 'direct' && this.current.ssl !== false
        ? { sslnegotiation: sslNegotiation }
        : {}),
      ...(applicationName === null
        ? { fallback_application_name: APPLICATION_NAME }
        : { application_name: applicationName }),
      enableChannelBinding: channelBinding !== 'disable',
      connectionTimeoutMillis: this.#config.connectTimeoutMs,
      keepAlive: true,
    }
  }
}

/** node-postgres has no code for its timeouts. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && /timeout/i.test(error.message)
}

function isSameHost(one: PostgresqlTarget, other: PostgresqlTarget): boolean {
  return one.host === other.host && one.port === other.port
}

/** With `allow` and `prefer`, the second way is used where the first one fails. */
function listTlsOptions(host: string, mode: SslMode, tls: TlsOptions): readonly (TlsOptions | false)[] {
  // libpq never uses TLS on a Unix socket.
  if (host.startsWith('/') || mode === 'disable') return [false]
  if (mode === 'allow') return [false, tls]
  return mode === 'prefer' ? [tls, false] : [tls]
}

function buildTlsOptions({ sslMode, files }: PostgresqlAddress, { tls }: PostgresqlConfig): TlsOptions {
  const ca = tls.ca ?? readPem(files.rootCertificate, 'sslrootcert')
  const cert = tls.cert ?? readPem(files.certificate, 'sslcert')
  const key = tls.key ?? readPem(files.key, 'sslkey')
  // As in libpq, `require` verifies the authority where one is named, and only `verify-full` the host.
  const isVerified = sslMode.startsWith('verify') || (sslMode === 'require' && ca !== null)
  return {
    ...(ca === null ? {} : { ca }),
    ...(cert === null || key === null ? {} : { cert, key }),
    rejectUnauthorized: isVerified,
    ...(sslMode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  }
}

function readPem(path: string | null, parameter: string): string | null {
  if (path === null) return null
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DatabaseSettingError(`${parameter} must be a file that can be read`, { cause })
  }
}
