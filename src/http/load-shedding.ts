import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { FastifyBaseLogger } from 'fastify'
import type { Language } from '../core/languages.ts'
import { refusalText } from './json-errors.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** How much work is taken on. */
export interface AdmissionOptions {
  /** Most requests at work at a time. */
  readonly maxInFlight: number
  /** Share of its time, 0 to 1, that the event loop may be busy; beyond it fewer and fewer are taken on. */
  readonly maxLoopUtilization: number
  readonly log: FastifyBaseLogger
  /** Of refusals: nobody has looked at which one was asked for. */
  readonly language: Language
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

/** How often the event loop is looked at, in milliseconds. */
const LOOK_MS = 50
/** How often the log tells of refusals at most, in milliseconds. */
const TELL_MS = 1000
/** Additive increase, multiplicative decrease: what is left of the bound after a busy stretch, and what comes back after any other. */
const SHRINK = 0.5
const GROW = 1 / 40
/** Share of the setting that is taken on however busy it is: work that waits for something else than the loop may hold so many. */
const LEAST = 1 / 6
/** Asked by load balancers and by monitoring: overload is what they must be able to see. */
const EXEMPT = /^\/+(livez|readyz|healthz|metrics)\/?(\?|$)/
/** A larger body is not read to its end for the sake of a connection that is to be used again. */
const WORTH_READING = 16_384

/**
 * Load shedding (Google SRE Book, "Handling Overload"): beyond what it can do in good time a server does nothing in good time, so
 * what is too much is told at once to come back. The gate stands before the framework, where a refusal costs least. How much is too
 * much depends on the machine and on what is asked: once the event loop has no time left, more requests at work make none of them
 * faster, they only take memory that the collector goes through again and again, so the bound falls until they are few. It stays
 * while nobody meets it: clients who merely keep the server busy are all served.
 *
 * Only what has arrived whole is counted: clients that send drop by drop hold no place.
 */
export function createAdmission({
  maxInFlight,
  maxLoopUtilization,
  log,
  language,
}: AdmissionOptions): Admission {
  const refuse = refusalIn(language)
  let inFlight = 0
  let bound = maxInFlight
  let refused = 0
  let wasFull = false
  let lookedAt = performance.eventLoopUtilization()
  let toldAt = -Infinity

  function look(): void {
    const { utilization } = performance.eventLoopUtilization(lookedAt)
    lookedAt = performance.eventLoopUtilization()
    const isBusy = utilization > maxLoopUtilization
    if (!isBusy) bound += Math.ceil(maxInFlight * GROW)
    else if (wasFull) bound = Math.floor(bound * SHRINK)
    bound = Math.min(maxInFlight, Math.max(maxInFlight * LEAST, bound))
    wasFull = false
    const at = performance.now()
    if (refused === 0 || at - toldAt < TELL_MS) return
    log.warn({ refused, inFlight, bound }, 'overloaded: requests were refused')
    refused = 0
    toldAt = at
  }
  const timer = setInterval(look, LOOK_MS)
  timer.unref()

  return {
    gate: (listener) => (request, response) => {
      if (inFlight < bound || request.method === 'OPTIONS' || EXEMPT.test(request.url ?? ''))
        return listener(request, response)
      refused += 1
      wasFull = true
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
    },
  }
}

/** Says 503 at once, in words made once. */
function refusalIn(language: Language): (request: IncomingMessage, response: ServerResponse) => void {
  const body = refusalText(503, language, { retryAfter: 1 })
  const fields = {
    ...SECURITY_HEADERS,
    'cache-control': 'no-store',
    'content-language': language,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'retry-after': '1',
  }
  return ({ headers }, response) => {
    const isShort = Number(headers['content-length'] ?? 0) <= WORTH_READING && !headers['transfer-encoding']
    response.writeHead(503, isShort ? fields : { ...fields, connection: 'close' }).end(body)
  }
}
