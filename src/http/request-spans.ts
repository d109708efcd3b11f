import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RequestSpan, SpanOutcome, TraceHeaders, Tracing } from '../ports/tracing.ts'
import { EXEMPT_PATHS } from './load-shedding.ts'

/** The span of each request. */
export interface RequestSpans {
  /**
   * Starts the span of a request and returns the id of its trace; undefined for a request of monitoring. Call
   * it once, before the hooks run.
   */
  start(request: IncomingMessage): string | undefined
  /** Ends the spans, and makes each the current one of the handler. */
  addHooks(app: FastifyInstance): void
}

/** Methods that name a span; clients can send any other token. */
const METHODS: ReadonlySet<string> = new Set([
  ...['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'],
])

/** Longest path of a span, in characters. */
const MAX_PATH = 256

/**
 * Spans of HTTP requests, with the attributes of OpenTelemetry's semantic conventions for HTTP servers. A
 * request without a route has no path in its span: it can be any text of a client. Requests of monitoring and
 * those that load shedding rejects have no span.
 *
 * A span ends with its response. That of an event stream ends when the stream opens, since it lasts as long
 * as the session.
 */
export function createRequestSpans(tracing: Tracing): RequestSpans {
  const spans = new WeakMap<IncomingMessage, RequestSpan>()

  function finish(request: IncomingMessage, status: number | null): void {
    const span = spans.get(request)
    if (!span) return
    spans.delete(request)
    if (status !== null) span.describe(describeStatus(status))
    span.end()
  }

  return {
    start(request) {
      if (EXEMPT_PATHS.test(request.url ?? '')) return undefined
      const span = startSpan(tracing, request)
      spans.set(request, span)
      return span.traceId
    },
    addHooks(app) {
      app.addHook('onRequest', (request, { raw: response }, done) => {
        spans.get(request.raw)?.describe(describeRoute(request))
        // A client that disconnects before the response is no failure of the server.
        const end = () => finish(request.raw, response.headersSent ? response.statusCode : null)
        response.once('finish', end).once('close', end)
        done()
      })
      // Not before: a body is read in the context of its socket.
      app.addHook('preHandler', (request, _reply, done) => {
        const span = spans.get(request.raw)
        if (span) span.run(done)
        else done()
      })
      app.addHook('onSend', (request, reply, _payload, done) => {
        const isStream = String(reply.getHeader('content-type')).startsWith('text/event-stream')
        if (isStream) finish(request.raw, reply.statusCode)
        done()
      })
    },
  }
}

function startSpan(tracing: Tracing, { method = '', httpVersion, headers }: IncomingMessage): RequestSpan {
  const isKnown = METHODS.has(method)
  const attributes = {
    'http.request.method': isKnown ? method : '_OTHER',
    'network.protocol.version': httpVersion,
  }
  const facts = { name: isKnown ? method : 'HTTP', kind: 'server' as const, attributes }
  return tracing.startRequest(facts, readTraceHeaders(headers))
}

/** The headers of W3C Trace Context. */
export function readTraceHeaders({ traceparent, tracestate }: IncomingHttpHeaders): TraceHeaders {
  if (typeof traceparent !== 'string') return {}
  return typeof tracestate === 'string' ? { traceparent, tracestate } : { traceparent }
}

function describeRoute({ method, routeOptions, protocol, url }: FastifyRequest): SpanOutcome {
  const scheme = protocol === 'https' ? 'https' : 'http'
  const route = routeOptions.url
  if (route === undefined) return { attributes: { 'url.scheme': scheme } }
  const [path = ''] = url.split('?')
  return {
    name: `${method} ${route}`,
    attributes: { 'url.scheme': scheme, 'http.route': route, 'url.path': path.slice(0, MAX_PATH) },
  }
}

function describeStatus(status: number): SpanOutcome {
  const attributes = { 'http.response.status_code': status }
  return status < 500 ? { attributes } : { attributes, failure: String(status) }
}
