import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { RequestRefused } from './json-errors.ts'

/** How requests may arrive. */
export interface Transport {
  /** Refuses what came over plain HTTP. */
  readonly requireHttps: boolean
  /** Proxies in front; 0 believes no forwarded header. */
  readonly trustProxy: number
}

/** Asked by load balancers over plain HTTP, and they tell nothing. */
const HEALTH = new Set(['/livez', '/readyz', '/healthz'])
/** A year (ASVS 3.4.1); sent over TLS alone (RFC 6797 §7.2). */
const HSTS = 'max-age=31536000; includeSubDomains'

/** Whether a request may be answered at all, for sockets as for the rest. */
export function isPermitted(request: IncomingMessage, transport: Transport): boolean {
  return !transport.requireHttps || arrivedByTls(request, transport.trustProxy)
}

/**
 * Refuses plain requests and does not redirect them: whatever secret they carry has been seen by then, and a redirect would
 * hide that from whoever configured the client. Before CORS, so that no page is told otherwise.
 */
export function addTransportSecurity(app: FastifyInstance, transport: Transport): void {
  app.addHook('onRequest', async (request, reply) => {
    const byTls = arrivedByTls(request.raw, transport.trustProxy)
    if (byTls && (transport.requireHttps || isEncrypted(request.raw)))
      reply.header('strict-transport-security', HSTS)
    if (HEALTH.has(request.routeOptions.url ?? '') || isPermitted(request.raw, transport)) return
    reply.header('connection', 'close')
    throw new RequestRefused(403)
  })
}

/**
 * Whether the client's own connection was TLS. Behind proxies the outermost of them says so: its entry of `X-Forwarded-Proto`
 * is as far from the right as there are proxies, or the first where the inner ones pass the header on; what a client wrote
 * further left counts for nothing. Without the header, or with no proxy to trust, the connection itself says.
 */
export function arrivedByTls(request: IncomingMessage, trustProxy: number): boolean {
  const header = trustProxy > 0 ? request.headers['x-forwarded-proto'] : undefined
  if (header === undefined) return isEncrypted(request)
  const entries = String(header).split(',')
  const entry = entries[Math.max(0, entries.length - trustProxy)] ?? ''
  // Some proxies name the scheme of a WebSocket.
  return ['https', 'wss'].includes(entry.trim().toLowerCase())
}

function isEncrypted({ socket }: IncomingMessage): boolean {
  return 'encrypted' in socket && socket.encrypted === true
}
