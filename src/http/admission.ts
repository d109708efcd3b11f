import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { FastifyBaseLogger } from 'fastify'
import { refusalText } from './json-errors.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** How much work is taken on. */
export interface AdmissionOptions {
  /** Requests at work at a time. */
  readonly maxInFlight: number
  /** Milliseconds by which the event loop may be late; beyond it an eighth of `maxInFlight` is taken on. */
  readonly maxLoopDelayMs: number
  readonly log: FastifyBaseLogger
}

/** Takes work on, or refuses it while that is still cheap. */
export interface Admission {
  /** The listener behind the gate: past the bound a request is answered 503 before anything of it is looked at. */
  gate(listener: RequestListener): RequestListener
  /** Counts work from its beginning, which is when its body has arrived, to its end. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Stops watching the event loop. */
  close(): void
}

/** How often the event loop's delay is looked at, in milliseconds. */
const LOOK_MS = 250
/** Resolution of Node's histogram, which it adds to every delay, in milliseconds. */
const RESOLUTION_MS = 10
/** Share of the bound while the event loop is late: enough for it to recover by, and never nothing. */
const LATE_SHARE = 8
/** Asked by load balancers and by monitoring: overload is what they must be able to see. */
const EXEMPT = /^\/+(livez|readyz|healthz|metrics)\/?(\?|$)/
/** A larger body is not read to its end for the sake of a connection that is to be used again. */
const WORTH_READING = 16_384

const BODY = refusalText(503, { retryAfter: 1 })
const HEADERS = {
  ...SECURITY_HEADERS,
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
  'content-length': String(Buffer.byteLength(BODY)),
  'retry-after': '1',
}

/**
 * Load shedding (Google SRE Book, "Handling Overload"): beyond what it can do in good time a server does nothing in good time, so
 * what is too much is told at once to come back. The gate stands before the framework, where a refusal costs least.
 *
 * Only what has arrived whole is counted: clients that send drop by drop hold no place.
 */
export function createAdmission({ maxInFlight, maxLoopDelayMs, log }: AdmissionOptions): Admission {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  let inFlight = 0
  let bound = maxInFlight
  let refused = 0

  function look(): void {
    const late = delay.mean / 1e6 - RESOLUTION_MS > maxLoopDelayMs
    delay.reset()
    bound = late ? Math.max(1, Math.floor(maxInFlight / LATE_SHARE)) : maxInFlight
    if (refused > 0) log.warn({ refused, inFlight, late }, 'overloaded: requests were refused')
    refused = 0
  }
  const timer = setInterval(look, LOOK_MS)
  timer.unref()

  return {
    gate: (listener) => (request, response) => {
      if (inFlight < bound || request.method === 'OPTIONS' || EXEMPT.test(request.url ?? ''))
        return listener(request, response)
      refused += 1
      refuse(request, response)
    },
    async run(work) {
      inFlight += 1
      try {
        return await work()
      } finally {
        inFlight -= 1
      }
    },
    close() {
      clearInterval(timer)
      delay.disable()
    },
  }
}

function refuse({ headers }: IncomingMessage, response: ServerResponse): void {
  const isShort = Number(headers['content-length'] ?? 0) <= WORTH_READING && !headers['transfer-encoding']
  response.writeHead(503, isShort ? HEADERS : { ...HEADERS, connection: 'close' }).end(BODY)
}
