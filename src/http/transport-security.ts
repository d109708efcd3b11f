import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { HttpError } from './http-error.ts'

/** Which connections are accepted as secure. */
export interface ConnectionSecurity {
  /** Rejects requests over plain HTTP. */
  readonly requireHttps: boolean
  /** Number of proxies in front; 0 trusts no forwarded header. */
  readonly trustProxy: number
}

/** Load balancers request these over plain HTTP, and the responses contain nothing secret. */
const HEALTH_PATHS: ReadonlySet<string> = new Set(['/livez', '/readyz', '/healthz'])
/** One year (ASVS 3.4.1); sent over TLS only (RFC 6797 §7.2). */
const HSTS = 'max-age=31536000; includeSubDomains'

/** Whether the connection of a request or WebSocket handshake is accepted. */
export function isConnectionAllowed(request: IncomingMessage, security: ConnectionSecurity): boolean {
  return !security.requireHttps || arrivedOverTls(request, security.trustProxy)
}

/**
 * Rejects plain HTTP requests without a redirect: their secrets have already been exposed, and a redirect
 * would hide the misconfigured client. Registered before CORS, so that preflights are rejected too.
 */
export function addTransportSecurity(app: FastifyInstance, security: ConnectionSecurity): void {
  app.addHook('onRequest', (request, reply, done) => {
    const overTls = arrivedOverTls(request.raw, security.trustProxy)
    if (overTls && (security.requireHttps || isEncrypted(request.raw)))
      reply.header('strict-transport-security', HSTS)
    if (HEALTH_PATHS.has(request.routeOptions.url ?? '') || isConnectionAllowed(request.raw, security))
      return done()
    reply.header('connection', 'close')
    throw new HttpError(403)
  })
}

/**
 * Whether the client's connection was TLS. Behind `trustProxy` proxies, the outermost one reports it: its
 * entry in `X-Forwarded-Proto` is at that position from the right, or the first one if inner proxies pass the
 * header on unchanged. Entries further left come from the client and are ignored. Without the header or a
 * trusted proxy, the socket decides.
 */
export function arrivedOverTls(request: IncomingMessage, trustProxy: number): boolean {
  const header = trustProxy > 0 ? request.headers['x-forwarded-proto'] : undefined
  if (header === undefined) return isEncrypted(request)
  const entries = String(header).split(',')
  const entry = entries[Math.max(0, entries.length - trustProxy)] ?? ''
  // Some proxies send the scheme of a WebSocket.
  return ['https', 'wss'].includes(entry.trim().toLowerCase())
}

function isEncrypted({ socket }: IncomingMessage): boolean {
  return 'encrypted' in socket && socket.encrypted === true
}
