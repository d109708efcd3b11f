import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Ids as proxies and clients send them: UUIDs, ULIDs, hexadecimal and base64url text. */
const REQUEST_ID = /^[\w.:-]{8,128}$/
/** `traceparent` of W3C Trace Context §3.2: version, trace id, parent id, flags. */
const TRACE_PARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-|$)/

/** What joins the log lines of one request with those of other programs. */
export interface RequestIds {
  readonly requestId: string
  /** Id of the trace of the request, otherwise of its `traceparent`; absent without a valid one. */
  readonly traceId?: string
}

/** The `X-Request-Id` of a request if its length and characters are accepted, otherwise a new id. */
export function readRequestId({ headers }: Pick<IncomingMessage, 'headers'>, newId: () => string): string {
  const sent = headers['x-request-id']
  return typeof sent === 'string' && REQUEST_ID.test(sent) ? sent : newId()
}

/** The trace id of a request, as a fact of its log lines. `own`: of the trace that records the request. */
export function readTraceFacts(headers: IncomingHttpHeaders, own?: string): Pick<RequestIds, 'traceId'> {
  if (own !== undefined) return { traceId: own }
  const sent = headers['traceparent']
  const [, traceId] = (typeof sent === 'string' && TRACE_PARENT.exec(sent)) || []
  return traceId === undefined ? {} : { traceId }
}

/** Returns the id of each request as `X-Request-Id`. */
export function addRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
}
