import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HttpError } from './http-error.ts'

/** Methods that routes use. */
const METHODS = ['GET', 'HEAD', 'POST'] as const

/**
 * Rejects requests before their body is read: an unknown path (404), an unsupported method (405 with
 * `Allow`), no valid `Host` (400), an encoded body or a charset other than UTF-8 (415).
 */
export function addRequestChecks(app: FastifyInstance): void {
  const hasValidHost = createHostCheck()
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404 || isMethodRejected(request)) rejectMethod(app, request, reply)
    if (!hasValidHost(request)) reject(400, request, reply)
    if (isEncoded(request)) {
      // The accepted encodings (RFC 9110 §15.5.16). No body is decompressed, so decompression bombs have no
      // effect.
      reply.header('accept-encoding', 'identity')
      reject(415, request, reply)
    }
    if (!isUtf8(request)) reject(415, request, reply)
    done()
  })
}

/**
 * Answers `OPTIONS` requests that are not CORS preflights with the allowed methods. Registered before CORS,
 * which would reject them as invalid preflights in plain text.
 */
export function addOptions(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { origin, 'access-control-request-method': requested } = request.headers
    if (request.method !== 'OPTIONS' || (origin && requested)) return done()
    const allowed = listMethods(app, request)
    if (allowed.length === 0) throw new HttpError(404)
    reply.code(204).header('allow', allowed.join(', ')).send()
  })
}

/** GraphQL over HTTP has no HEAD; Fastify would run the query of the GET route. */
function isMethodRejected({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'HEAD' && routeOptions.url === '/graphql'
}

function rejectMethod(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): never {
  const allowed = listMethods(app, request)
  if (allowed.length === 0) reject(404, request, reply)
  reply.header('allow', allowed.join(', '))
  reject(405, request, reply)
}

/** The body stays unread, so the connection cannot be reused. */
function reject(status: 400 | 404 | 405 | 415, { headers }: FastifyRequest, reply: FastifyReply): never {
  if ((headers['content-length'] ?? headers['transfer-encoding'] ?? '0') !== '0')
    reply.header('connection', 'close')
  throw new HttpError(status)
}

/** Methods of a path, normalized as the router does: no query, no duplicate and no trailing slash. */
function listMethods(app: FastifyInstance, { url }: FastifyRequest): string[] {
  const path = (url.split('?')[0] ?? '').replace(/\/+/g, '/').replace(/(.)\/$/, '$1')
  return METHODS.filter(
    (method) => (method !== 'HEAD' || path !== '/graphql') && app.hasRoute({ method, url: path }),
  )
}

/**
 * RFC 9112 §3.2. HTTP/1.0 requests, such as health checks of load balancers, may omit `Host`, except on
 * `/graphql`, where Apollo Server builds the URL from it. The last valid URL is kept, which most requests
 * have, because parsing one takes longer than the other checks.
 */
function createHostCheck(): (request: FastifyRequest) => boolean {
  let valid: { readonly path: string; readonly base: string } | null = null
  return ({ url: path, raw, protocol, hostname, headers, routeOptions }) => {
    const isOptional = raw.httpVersion === '1.0' && routeOptions.url !== '/graphql'
    if (headers.host === undefined && isOptional) return true
    if (!headers.host) return false
    const base = `${protocol}://${hostname}/`
    if (path === valid?.path && base === valid.base) return true
    if (!URL.canParse(path, base)) return false
    valid = { path, base }
    return true
  }
}

function isEncoded({ headers }: FastifyRequest): boolean {
  return (headers['content-encoding'] ?? 'identity').trim().toLowerCase() !== 'identity'
}

/** JSON between systems is UTF-8 (RFC 8259 §8.1); a body in another charset would be misread. */
function isUtf8({ headers }: FastifyRequest): boolean {
  const [, ...parameters] = (headers['content-type'] ?? '').split(';')
  return parameters.every((parameter) => {
    const [name = '', value = ''] = parameter.split('=')
    if (name.trim().toLowerCase() !== 'charset') return true
    return /^"?utf-?8"?$/i.test(value.trim())
  })
}

/**
 * Reads JSON only: other sites can send forms and plain text without a preflight. Bytes that are not UTF-8
 * are rejected and not replaced.
 */
export function addJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const text = utf8.decode(body)
      void parse(request, text, (error, value) =>
        error ? done(new HttpError(400, 'INVALID_JSON')) : done(null, value),
      )
    } catch {
      done(new HttpError(400, 'INVALID_JSON'))
    }
  })
}
