import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { FastifyBaseLogger } from 'fastify'
import type { Language, Languages } from '../locales/languages.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { RenderedResponse } from './busy-page.ts'
import { createConcurrencyLimit } from './concurrency-limit.ts'
import { buildErrorBody } from './http-error.ts'
import { createLoadLog } from './load-log.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** Settings of load shedding. */
export interface LoadSheddingOptions {
  /** Most requests in flight. */
  readonly maxInFlight: number
  /** Utilization of the event loop, 0 to 1, above which the limit of requests in flight falls. */
  readonly maxLoopUtilization: number
  readonly log: FastifyBaseLogger
  readonly metrics: Pick<Metrics, 'count' | 'gauge'>
  /** Responses for programs have the fallback. */
  readonly languages: Languages
  /** What a browser shows; null for a request that opens no page. */
  readonly selectBusyPage: (request: IncomingMessage) => RenderedResponse | null
}

/** Rejects requests above a limit while that is still cheap. */
export interface LoadShedder {
  /** A listener that answers 503 above the limit and passes every other request on. */
  wrap(listener: RequestListener): RequestListener
  /** Whether work that is no request, such as a message of a WebSocket, may start. Counts a rejection. */
  admits(): boolean
  /** Counts work as in flight from its start, when the body has arrived, to its end. */
  track<T>(work: () => Promise<T>): Promise<T>
  /** Stops measuring the event loop. */
  close(): void
}

/** Interval between two measurements of the event loop, in milliseconds. */
const SAMPLE_MS = 50
/** Never shed: load balancers and monitoring must be able to see an overload. */
export const EXEMPT_PATHS = /^\/+(livez|readyz|healthz|metrics)\/?(\?|$)/
/** Longest body in bytes that is read so that the connection can be reused; otherwise it is closed. */
const MAX_DRAINED_BODY = 16_384

/**
 * Load shedding as in the Google SRE Book, "Handling Overload": requests above the limit get a 503 at once.
 * Requests are counted once their body has arrived, so slow clients take no place.
 *
 * Ours rather than `@fastify/under-pressure`, which rejects inside Fastify, all requests or none, and does
 * not bound requests in flight: here a rejection costs no routing or parsing, and the limit adapts to the
 * event loop.
 */
export function createLoadShedder(options: LoadSheddingOptions): LoadShedder {
  const { maxInFlight, maxLoopUtilization, log, metrics } = options
  const reject = createRejection(options.languages.fallback, options.selectBusyPage)
  const limit = createConcurrencyLimit(maxInFlight)
  const loadLog = createLoadLog(log)
  let inFlight = 0
  metrics.gauge('gateway_requests_in_flight', {}, () => inFlight)
  metrics.gauge('gateway_requests_in_flight_limit', {}, () => limit.current)
  const stopSampling = sampleEventLoop(({ utilization, lateMs }) => {
    limit.adapt({ isBusy: utilization > maxLoopUtilization })
    loadLog.report({ lateMs, inFlight, limit: limit.current })
  })

  function admits(): boolean {
    if (limit.admits(inFlight)) return true
    metrics.count('gateway_requests_shed_total', {})
    loadLog.countRejection()
    return false
  }

  return {
    wrap: (listener) => (request, response) => {
      if (isExempt(request) || admits()) return listener(request, response)
      reject(request, response)
    },
    admits,
    async track(work) {
      inFlight += 1
      try {
        return await work()
      } finally {
        inFlight -= 1
      }
    },
    close: stopSampling,
  }
}

function isExempt({ method, url }: IncomingMessage): boolean {
  return method === 'OPTIONS' || EXEMPT_PATHS.test(url ?? '')
}

/** One measurement of the event loop. */
interface LoopSample {
  /** 0 to 1, since the last measurement. */
  readonly utilization: number
  /** Milliseconds by which the measurement came late, because other work held the event loop. */
  readonly lateMs: number
}

/** Measures the event loop once per interval; returns the function that stops it. */
function sampleEventLoop(report: (sample: LoopSample) => void): () => void {
  let last = performance.eventLoopUtilization()
  let dueAt = performance.now() + SAMPLE_MS
  const timer = setInterval(() => {
    const { utilization } = performance.eventLoopUtilization(last)
    last = performance.eventLoopUtilization()
    const lateMs = Math.max(0, performance.now() - dueAt)
    dueAt = performance.now() + SAMPLE_MS
    report({ utilization, lateMs })
  }, SAMPLE_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** Sends a 503 response that was rendered once. */
function createRejection(
  language: Language,
  selectBusyPage: LoadSheddingOptions['selectBusyPage'],
): (request: IncomingMessage, response: ServerResponse) => void {
  const json = renderJson(language)
  return (request, response) => {
    const { body, headers } = selectBusyPage(request) ?? json
    const isShort =
      Number(request.headers['content-length'] ?? 0) <= MAX_DRAINED_BODY &&
      !request.headers['transfer-encoding']
    response.writeHead(503, isShort ? headers : { ...headers, connection: 'close' }).end(body)
  }
}

function renderJson(language: Language): RenderedResponse {
  const body = JSON.stringify(buildErrorBody(503, language, { retryAfter: 1 }))
  const headers = {
    ...SECURITY_HEADERS,
    'cache-control': 'no-store',
    'content-language': language.tag,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'retry-after': '1',
  }
  return { body, headers }
}
