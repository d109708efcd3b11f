import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { FastifyBaseLogger } from 'fastify'
import type { Language } from '../core/languages.ts'
import { refusalText } from './json-errors.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** How much work is taken on. */
export interface AdmissionOptions {
  /** Most requests at work at a time. */
  readonly maxInFlight: number
  /** Milliseconds by which the event loop may be late on average; beyond it fewer and fewer are taken on. */
  readonly maxLoopDelayMs: number
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

/** How often the event loop's delay is looked at, in milliseconds. */
const LOOK_MS = 100
/** How often the log tells of refusals at most, in milliseconds. */
const TELL_MS = 1000
/** Resolution of Node's histogram, which it adds to every delay, in milliseconds. */
const RESOLUTION_MS = 10
/** Additive increase, multiplicative decrease: what is left of the bound after a look that was late, and what comes back after one that was not. */
const SHRINK = 0.75
const GROW = 1 / 20
/** Share of the setting that is taken on however late it is: work that waits for something else than the loop may hold so many. */
const LEAST = 1 / 8
/** Asked by load balancers and by monitoring: overload is what they must be able to see. */
const EXEMPT = /^\/+(livez|readyz|healthz|metrics)\/?(\?|$)/
/** A larger body is not read to its end for the sake of a connection that is to be used again. */
const WORTH_READING = 16_384

/**
 * Load shedding (Google SRE Book, "Handling Overload"): beyond what it can do in good time a server does nothing in good time, so
 * what is too much is told at once to come back. The gate stands before the framework, where a refusal costs least. How much is too
 * much depends on the machine and on what is asked: the bound follows the event loop, below the setting.
 *
 * Only what has arrived whole is counted: clients that send drop by drop hold no place.
 */
export function createAdmission({ maxInFlight, maxLoopDelayMs, log, language }: AdmissionOptions): Admission {
  const refuse = refusalIn(language)
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  let inFlight = 0
  let bound = maxInFlight
  let refused = 0
  let lookedAt = performance.now()
  let toldAt = -Infinity

  function look(): void {
    const at = performance.now()
    // No sample between two looks: the loop was held up for all of that time.
    const mean = delay.count > 0 ? delay.mean / 1e6 - RESOLUTION_MS : at - lookedAt
    lookedAt = at
    delay.reset()
    const next = mean > maxLoopDelayMs ? Math.floor(bound * SHRINK) : bound + Math.ceil(maxInFlight * GROW)
    bound = Math.min(maxInFlight, Math.max(maxInFlight * LEAST, next))
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
