import type { FastifyInstance } from 'fastify'

/**
 * Headers of every response. Constants rather than `@fastify/helmet`: the same headers go out with responses
 * that Fastify does not send, and the policies of an API are four lines.
 */
export const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/**
 * Sets the headers first, so that errors have them too; HTML pages replace the policy with their own.
 * Responses of `/graphql` depend on the media type, the language and the caller: `Vary` says so, and caches
 * must not store them.
 *
 * All hooks of requests are synchronous. An asynchronous one costs each request two promises
 * (docs/performance.md).
 */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS)
    if (request.routeOptions.url === '/graphql')
      reply.headers({ vary: 'Accept, Accept-Language, Authorization', 'cache-control': 'no-store' })
    done()
  })
}
