import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Random } from '../core/secrets.ts'

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

/** Which requests are logged. */
export interface RequestLogOptions {
  /** Share of the lines of successful requests that are written, 0 to 1. */
  readonly sampleRate: number
  /** Milliseconds from which a request is logged as slow; 0: none is. */
  readonly slowMs: number
  /** Chooses the sample. */
  readonly random: Random
}

/** Precision of the sample. */
const PARTS = 1_000_000
/** Routes that monitoring requests every few seconds. */
const PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz', '/healthz'])

const FACTS = Symbol('facts of the log')
/** A request with the facts so far. */
type DescribedRequest = FastifyRequest & { [FACTS]?: RequestFacts }

/** Adds facts to the line of a request. */
export function addRequestFacts(request: DescribedRequest, facts: RequestFacts): void {
  request[FACTS] = Object.assign(request[FACTS] ?? {}, facts)
}

/**
 * Logs one line per request: its route, operation, caller and result, never its content. Probes are left out,
 * and so is the part of the successful requests that is not in the sample. A slow request has a second line.
 */
export function addRequestLog(app: FastifyInstance, options: RequestLogOptions): void {
  const { sampleRate, slowMs, random } = options
  const isSampled = () => sampleRate === 1 || random.integer(PARTS) < sampleRate * PARTS
  app.addHook('onResponse', (request: DescribedRequest, reply, done) => {
    const { method, routeOptions, log } = request
    const route = routeOptions.url ?? 'none'
    if (PROBES.has(route)) return done()
    const ms = Math.round(reply.elapsedTime)
    const facts = { method, route, status: reply.statusCode, ms, ...request[FACTS] }
    const isSuccess = facts.status < 400 && facts.codes === undefined
    const event = 'http.request_completed'
    if (!isSuccess) log.info({ event, ...facts }, 'request completed')
    else if (isSampled())
      log.info({ event, ...facts, ...(sampleRate < 1 && { sampleRate }) }, 'request completed')
    if (slowMs > 0 && ms >= slowMs && !isEventStream(reply))
      log.warn({ event: 'http.request_slow', ...facts, slowMs }, 'request was slow')
    done()
  })
}

/** An event stream takes as long as its client wants. */
function isEventStream(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type')).startsWith('text/event-stream')
}
