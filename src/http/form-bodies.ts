import type { FastifyInstance } from 'fastify'

/**
 * Lets a scope parse forms, and nothing else: a form on another site then cannot reach `/graphql`.
 * `URLSearchParams` rather than `@fastify/formbody`, because it keeps duplicate parameters apart.
 */
export function acceptFormsOnly(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(body.toString())),
  )
}
