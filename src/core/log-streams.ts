/** The streams of the log. Each entry belongs to one. */
export const LOG_STREAMS = ['auth', 'api', 'error', 'performance'] as const

/** A stream of the log. */
export type LogStream = (typeof LOG_STREAMS)[number]

/** The stream of each area, which is the part of an event before the dot; `api` for every other area. */
const AREAS: ReadonlyMap<string, LogStream> = new Map([
  ['audit', 'auth'],
  ['keys', 'auth'],
  ['otp', 'auth'],
  ['password', 'auth'],
  ['cache', 'performance'],
  ['circuit', 'performance'],
  ['cleanup', 'performance'],
  ['clock', 'performance'],
  ['database', 'performance'],
  ['log', 'performance'],
  ['memcached', 'performance'],
  ['process', 'performance'],
  ['redis', 'performance'],
  ['server', 'performance'],
  ['tracing', 'performance'],
  ['worker', 'performance'],
])

/** Events of another stream than their area. */
const EVENTS: ReadonlyMap<string, LogStream> = new Map([
  ['http.load_shed', 'performance'],
  ['http.load_shed_ended', 'performance'],
  ['http.request_slow', 'performance'],
])

/**
 * The stream of an entry: `error` for the levels `error` and `fatal`, `auth` for the level `audit`, otherwise
 * by its event.
 */
export function selectLogStream(event: string, level: string): LogStream {
  if (level === 'error' || level === 'fatal') return 'error'
  if (level === 'audit') return 'auth'
  const [area = ''] = event.split('.', 1)
  return EVENTS.get(event) ?? AREAS.get(area) ?? 'api'
}
