import type { FastifyInstance } from 'fastify'
import type { HistogramLabels, Metrics } from '../ports/metrics.ts'
import { HISTOGRAMS } from '../ports/metrics/histograms.ts'

const NAME = 'http_server_request_duration_seconds'
type Method = HistogramLabels<typeof NAME>['http_request_method']

/**
 * Measures requests by method, route and status. Not `fastify-metrics`, which has labels of its own and no
 * bound of their values. An event stream is open for minutes, so its duration says nothing of the server.
 */
export function addRequestMetrics(app: FastifyInstance, metrics: Pick<Metrics, 'observe'>): void {
  const toMethod = createMethodNames()
  app.addHook('onResponse', ({ method, routeOptions }, reply, done) => {
    const type = reply.getHeader('content-type')
    const isStream = typeof type === 'string' && type.startsWith('text/event-stream')
    if (!isStream) {
      const labels = {
        http_request_method: toMethod(method),
        http_route: routeOptions.url ?? 'none',
        http_response_status_code: String(reply.statusCode),
      }
      metrics.observe(NAME, labels, reply.elapsedTime / 1000)
    }
    done()
  })
}

/** Methods outside the list are `_OTHER`, as in the semantic conventions. */
function createMethodNames(): (method: string) => Method {
  const known = new Map<string, Method>(
    HISTOGRAMS[NAME].labels.http_request_method.map((name) => [name, name]),
  )
  return (method) => known.get(method) ?? '_OTHER'
}
