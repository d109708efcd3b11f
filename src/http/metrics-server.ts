import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { Metrics } from '../ports/metrics.ts'

/** A server for metrics only, on an address that is not public. */
export interface MetricsServer {
  /** Starts to listen and resolves to the URL. */
  listen(at: { readonly host: string; readonly port: number }): Promise<string>
  /** Safe to call twice or before `listen`. */
  close(): Promise<void>
}

/**
 * `GET /metrics` in the text format of Prometheus. `node:http` rather than `fastify-metrics`, which adds its
 * route to the public server.
 */
export function createMetricsServer(metrics: Pick<Metrics, 'read'>): MetricsServer {
  const server = createServer((request, response) => {
    const isMetrics = request.url?.split('?')[0] === '/metrics'
    if (isMetrics && request.method === 'GET') void sendMetrics(metrics, response)
    else response.writeHead(isMetrics ? 405 : 404, isMetrics ? { allow: 'GET' } : {}).end()
  })
  return {
    async listen({ host, port }) {
      server.listen(port, host)
      await once(server, 'listening')
      const address = server.address()
      const bound = typeof address === 'object' && address ? address.port : port
      return `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`
    },
    async close() {
      if (!server.listening) return
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function sendMetrics(metrics: Pick<Metrics, 'read'>, response: ServerResponse): Promise<void> {
  try {
    const { type, text } = await metrics.read()
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
  } catch {
    response.writeHead(500).end()
  }
}
