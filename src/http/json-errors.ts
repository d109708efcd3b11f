import type { FastifyError, FastifyInstance } from 'fastify'

/** What is said of a request that never became GraphQL, by status. */
const SENTENCES: Readonly<Record<number, readonly [code: string, message: string]>> = {
  400: ['BAD_REQUEST', 'The request is not well-formed.'],
  404: ['NOT_FOUND', 'There is nothing at this address.'],
  405: ['METHOD_NOT_ALLOWED', 'This address does not answer to this method.'],
  408: ['REQUEST_TIMEOUT', 'The request took too long to arrive.'],
  413: ['PAYLOAD_TOO_LARGE', 'The request body is too large.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'Send the request as application/json.'],
}

/** Every failure outside GraphQL is JSON in the shape of a GraphQL error, with no word of what was sent or what broke. */
export function addJsonErrors(app: FastifyInstance): void {
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send(bodyOf(404)))
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error({ err: error }, 'a request failed')
    return reply.code(status).header('cache-control', 'no-store').send(bodyOf(status, request.id))
  })
}

function bodyOf(status: number, errorId?: string) {
  const [code, message] = SENTENCES[status] ??
    (status < 500 ? SENTENCES[400] : undefined) ?? [
      'INTERNAL_SERVER_ERROR',
      'Something went wrong on our side.',
    ]
  return {
    errors: [
      { message, extensions: { code, messageKey: code, ...(status >= 500 && errorId ? { errorId } : {}) } },
    ],
  }
}
