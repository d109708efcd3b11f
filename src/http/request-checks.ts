import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RequestRefused } from './json-errors.ts'

/** Methods that some address may answer to; a preflight is no method of ours. */
const METHODS = ['GET', 'HEAD', 'POST'] as const

/**
 * What is refused before a body is read, in words of JSON: an address that nothing is at (404), a method that it does not
 * answer to (405 with `Allow`), no usable `Host` (400), an encoded body or one in another charset than UTF-8 (415).
 */
export function addRequestChecks(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404 || isMethodRefused(request)) refuseMethod(app, request, reply)
    if (!hasUsableHost(request)) refuse(400, request, reply)
    if (isEncoded(request)) {
      // RFC 9110 §15.5.16: what could be sent instead. Nothing is inflated here, so no bomb goes off.
      reply.header('accept-encoding', 'identity')
      refuse(415, request, reply)
    }
    if (!isUtf8(request)) refuse(415, request, reply)
  })
}

/**
 * `OPTIONS` that is no preflight: what the address answers to. Registered before CORS, which would refuse it as a preflight
 * gone wrong, in plain text.
 */
export function addOptions(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const { origin, 'access-control-request-method': asked } = request.headers
    if (request.method !== 'OPTIONS' || (origin && asked)) return
    const allowed = methodsAt(app, request)
    if (allowed.length === 0) throw new RequestRefused(404)
    await reply.code(204).header('allow', allowed.join(', ')).send()
  })
}

/** GraphQL over HTTP knows no HEAD; Fastify would run the query for it. */
function isMethodRefused({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'HEAD' && routeOptions.url === '/graphql'
}

function refuseMethod(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): never {
  const allowed = methodsAt(app, request)
  if (allowed.length === 0) refuse(404, request, reply)
  reply.header('allow', allowed.join(', '))
  refuse(405, request, reply)
}

/** A body stays unread, so its connection cannot serve another request. */
function refuse(status: 400 | 404 | 405 | 415, { headers }: FastifyRequest, reply: FastifyReply): never {
  if ((headers['content-length'] ?? headers['transfer-encoding'] ?? '0') !== '0')
    reply.header('connection', 'close')
  throw new RequestRefused(status)
}

/** The same address that the router sees: without the query, doubled slashes and the last slash. */
function methodsAt(app: FastifyInstance, { url }: FastifyRequest): string[] {
  const path = (url.split('?')[0] ?? '').replace(/\/+/g, '/').replace(/(.)\/$/, '$1')
  return METHODS.filter(
    (method) => (method !== 'HEAD' || path !== '/graphql') && app.hasRoute({ method, url: path }),
  )
}

/** RFC 9112 §3.2; HTTP/1.0 may do without, as load balancers do for health. GraphQL's address is put together with it. */
function hasUsableHost({ url, raw, protocol, hostname, headers, routeOptions }: FastifyRequest): boolean {
  const mayLack = raw.httpVersion === '1.0' && routeOptions.url !== '/graphql'
  if (headers.host === undefined && mayLack) return true
  return Boolean(headers.host) && URL.canParse(url, `${protocol}://${hostname}/`)
}

function isEncoded({ headers }: FastifyRequest): boolean {
  return (headers['content-encoding'] ?? 'identity').trim().toLowerCase() !== 'identity'
}

/** JSON between systems is UTF-8 (RFC 8259 §8.1); who names another charset would be misread. */
function isUtf8({ headers }: FastifyRequest): boolean {
  const [, ...parameters] = (headers['content-type'] ?? '').split(';')
  return parameters.every((parameter) => {
    const [name = '', value = ''] = parameter.split('=')
    if (name.trim().toLowerCase() !== 'charset') return true
    return /^"?utf-?8"?$/i.test(value.trim())
  })
}

/** JSON alone: no form and no text, which pages of other sites may send. Octets that are not UTF-8 are refused, not replaced. */
export function addJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body))
      void parse(request, text, done)
    } catch {
      done(new RequestRefused(400))
    }
  })
}
