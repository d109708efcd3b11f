import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Facts that the line of a request gets from its processing. Never user input. */
export interface RequestFacts {
  /** Name of the operation in the document, at most 64 characters; null without a name. */
  readonly operation?: string | null
  /** Error codes of the response, at most five. */
  readonly codes?: readonly string[]
  /** Ids of masked errors, whose own lines have the cause. */
  readonly errorIds?: readonly string[]
  readonly userId?: string
  readonly sessionId?: string
  /** The API key of a program. */
  readonly apiKeyId?: string
}

/** Routes that monitoring requests every few seconds. */
const PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz', '/healthz'])

const FACTS = Symbol('facts of the log')
/** A request with the facts so far. */
type DescribedRequest = FastifyRequest & { [FACTS]?: RequestFacts }

/** Adds facts to the line of a request. */
export function addRequestFacts(request: DescribedRequest, facts: RequestFacts): void {
  request[FACTS] = { ...request[FACTS], ...facts }
}

/**
 * Logs one line per request: its route, operation, caller and result, never its content. Probes are left out.
 */
export function addRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', (request: DescribedRequest, reply, done) => {
    const { method, routeOptions } = request
    const route = routeOptions.url ?? 'none'
    if (PROBES.has(route)) return done()
    const ms = Math.round(reply.elapsedTime)
    const facts = { event: 'http.request_completed', method, route, status: reply.statusCode, ms }
    request.log.info({ ...facts, ...request[FACTS] }, 'request completed')
    done()
  })
}
