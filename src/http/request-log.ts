import type { FastifyInstance } from 'fastify'

/** Logs one line per request: its route and result, never its content. */
export function addRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request
    const route = routeOptions.url ?? 'none'
    const ms = Math.round(reply.elapsedTime)
    const facts = { event: 'http.request_completed', method, route, status: reply.statusCode, ms }
    request.log.info(facts, 'request completed')
  })
}
