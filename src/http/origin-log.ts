import type { IncomingHttpHeaders } from 'node:http'
import { LRUCache } from 'lru-cache'
import type { TrustedOrigins } from '../core/origins.ts'
import type { Logger } from '../ports/logger.ts'

/** Logs the origin of a request if it is refused. Each refused origin is logged once. */
export type LogRefusedOrigin = (headers: IncomingHttpHeaders) => void

/** Number of refused origins that are remembered. */
const MAX_REMEMBERED = 100
/** Longest part of an origin in the log: clients choose it. */
const MAX_LENGTH = 256

/** Creates the log of refused origins. Requests of a page to its own server are never refused. */
export function createOriginLog(origins: TrustedOrigins, log: Logger): LogRefusedOrigin {
  const logged = new LRUCache<string, true>({ max: MAX_REMEMBERED })
  return ({ origin, host, 'sec-fetch-site': site }) => {
    if (origin === undefined || site === 'same-origin' || origins.includes(origin, host)) return
    const shown = origin.slice(0, MAX_LENGTH)
    if (logged.has(shown)) return
    logged.set(shown, true)
    log.warn(
      { event: 'http.origin_refused', origin: shown },
      'origin refused: a page of this origin cannot call the gateway until CORS_ORIGINS lists it',
    )
  }
}
