import { performance } from 'node:perf_hooks'
import { SECOND_MS } from '../core/duration.ts'
import type { Logger } from '../ports/logger.ts'

/** The load at one moment. */
export interface LoadSample {
  /** Milliseconds by which a timer came late. */
  readonly lateMs: number
  readonly inFlight: number
  /** Requests that may be in flight now. */
  readonly limit: number
}

/** Logs overload. */
export interface LoadLog {
  countRejection(): void
  /** Called several times a second. */
  report(sample: LoadSample): void
}

/** Least interval between two entries, and time without a rejection that ends an overload. */
const INTERVAL_MS = SECOND_MS
/** Shortest pause of the event loop that is logged, in milliseconds. */
const PAUSE_MS = 500

/**
 * Logs rejections at most once per interval, the end of an overload with its duration and all rejections, and
 * pauses of the event loop.
 */
export function createLoadLog(log: Logger): LoadLog {
  let rejected = 0
  let overload: { readonly since: number; rejected: number; loggedAt: number } | null = null

  function reportPause(lateMs: number): void {
    if (lateMs >= PAUSE_MS)
      log.warn({ event: 'process.event_loop_paused', ms: Math.round(lateMs) }, 'the event loop was paused')
  }

  function reportRejections(facts: Omit<LoadSample, 'lateMs'>): void {
    const at = performance.now()
    if (overload && at - overload.loggedAt < INTERVAL_MS) return
    if (rejected > 0) {
      log.warn({ event: 'http.load_shed', rejected, ...facts }, 'server is shedding load')
      overload = {
        since: overload?.since ?? at,
        rejected: (overload?.rejected ?? 0) + rejected,
        loggedAt: at,
      }
      rejected = 0
    } else if (overload) {
      const total = { rejected: overload.rejected, ms: Math.round(at - overload.since) }
      log.info({ event: 'http.load_shed_ended', ...total }, 'server accepts every request again')
      overload = null
    }
  }

  return {
    countRejection: () => void (rejected += 1),
    report({ lateMs, ...facts }) {
      reportPause(lateMs)
      reportRejections(facts)
    },
  }
}
