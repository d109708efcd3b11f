import type { FastifyInstance } from 'fastify'

/** Sent with every answer: nobody frames it, guesses its type, runs anything in it or learns the address it was asked at. */
export const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/**
 * Before anything else is decided, so that refusals carry them too; the IDE's page puts its own policy in place of this one.
 * `/graphql` speaks two media types, HTML to browsers, several languages, and to each caller of his own: caches are told, and keep none of it.
 */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS)
    if (request.routeOptions.url === '/graphql')
      reply.headers({ vary: 'Accept, Accept-Language, Authorization', 'cache-control': 'no-store' })
  })
}
