/** A host and a port. */
export interface ServerAddress {
  /** Name or IP address; an IPv6 address has no brackets. */
  readonly host: string
  readonly port: number
}

/** Credentials of a server; null: none. */
export interface Credentials {
  readonly username: string | null
  readonly password: string | null
}

/** Where the Redis servers are, by the shape of the installation. */
export type RedisServers =
  | ({ readonly shape: 'single' } & ServerAddress)
  /** A server on this machine, by the path of its Unix socket. */
  | { readonly shape: 'socket'; readonly path: string }
  /** Sentinels name the primary of the group `name`; they have credentials and TLS of their own. */
  | {
      readonly shape: 'sentinel'
      readonly sentinels: readonly ServerAddress[]
      readonly name: string
      readonly sentinelCredentials: Credentials
      readonly sentinelTls: ClientTls | null
    }
  /** Any nodes of a Redis Cluster; the client asks them for the others. */
  | { readonly shape: 'cluster'; readonly seeds: readonly ServerAddress[] }

/** TLS of a connection: authorities beside those of Node.js, and a client certificate. PEM; null: none. */
export interface ClientTls {
  readonly ca: string | null
  readonly cert: string | null
  readonly key: string | null
}

/** How to connect to Redis. */
export interface RedisConnection extends Credentials {
  readonly servers: RedisServers
  /** Number of the database; 0 in a cluster. */
  readonly database: number
  /** Null: plain TCP, or a socket. */
  readonly tls: ClientTls | null
  /** First word of every key and channel, without its colon. */
  readonly prefix: string
}

/** The parts of a connection that a URL has. */
export type RedisUrlParts = Omit<RedisConnection, 'prefix' | 'tls'> & { readonly usesTls: boolean }

/** Default port of Redis. */
export const REDIS_PORT = 6379

/** Whether a text is the path of a Unix socket: alone, or in a URL such as `unix:///run/redis.sock?db=1`. */
export function isSocketUrl(text: string): boolean {
  return /^(unix:\/\/)?\/[^/]/.test(text)
}

/** Reads a URL that the setting has accepted. */
export function parseRedisUrl(text: string): RedisUrlParts {
  const url = toUrl(text)
  const credentials = { username: readPart(url.username), password: readPart(url.password) }
  if (url.protocol === 'unix:') {
    const servers = { shape: 'socket', path: decodeURIComponent(url.pathname) } as const
    return { ...credentials, servers, usesTls: false, database: Number(url.searchParams.get('db') ?? 0) }
  }
  const host = withoutBrackets(decodeURIComponent(url.hostname)) || 'localhost'
  const servers = { shape: 'single', host, port: Number(url.port || REDIS_PORT) } as const
  const database = Number(url.pathname.slice(1))
  return { ...credentials, servers, database, usesTls: url.protocol === 'rediss:' }
}

/** Whether nothing but the number of a database follows the host or the path of the socket. */
export function hasOnlyDatabase(text: string): boolean {
  if (!URL.canParse(text.startsWith('/') ? `unix://${text}` : text)) return false
  const url = toUrl(text)
  const isSocket = url.protocol === 'unix:'
  const database = isSocket ? (url.searchParams.get('db') ?? '0') : url.pathname.slice(1) || '0'
  const hasOther = isSocket ? [...url.searchParams.keys()].some((name) => name !== 'db') : url.search !== ''
  return /^\d{1,5}$/.test(database) && !hasOther
}

/**
 * The address of `host:port`, `host`, `[IPv6]:port` or an IPv6 address alone; null for any other text.
 */
export function parseAddress(text: string, defaultPort: number): ServerAddress | null {
  if (isIPv6(text)) return { host: text, port: defaultPort }
  const match = /^(\[[^\]]+\]|[^\s:@/[\]]+)(?::(\d{1,5}))?$/.exec(text)
  if (!match?.[1]) return null
  const host = withoutBrackets(match[1])
  const port = Number(match[2] ?? defaultPort)
  const isAddress = !match[1].startsWith('[') || isIPv6(host)
  return isAddress && port >= 1 && port <= 65535 ? { host, port } : null
}

/** Without the brackets around an IPv6 address. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '')
}

function isIPv6(text: string): boolean {
  return text.includes(':') && URL.canParse(`http://[${text}]`)
}

function toUrl(text: string): URL {
  return new URL(text.startsWith('/') ? `unix://${text}` : text)
}

function readPart(text: string): string | null {
  return text === '' ? null : decodeURIComponent(text)
}
