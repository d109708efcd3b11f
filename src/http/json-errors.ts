import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Languages } from '../locales/languages.ts'
import { HttpError, buildErrorBody } from './http-error.ts'
import { addRequestFacts } from './request-log.ts'
import { chooseRequestLanguage, setLanguageHeaders } from './request-language.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** Answers every failure outside GraphQL with a JSON error that quotes neither the request nor the cause. */
export function addJsonErrors(app: FastifyInstance, languages: Languages): void {
  app.setNotFoundHandler(async () => {
    throw new HttpError(404)
  })
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500 && !(error instanceof HttpError))
      request.log.error({ event: 'http.request_failed', err: error }, 'request failed')
    if (status === 503) reply.header('retry-after', '1')
    return sendError(error, request, reply, languages)
  })
}

/**
 * Answers URLs that cannot be decoded (`/%`). Fastify runs no hooks for them, so the security headers are set
 * here.
 */
export function createBadUrlHandler(languages: Languages) {
  return (_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    void sendError(
      new HttpError(400),
      request,
      reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id }),
      languages,
    )
  }
}

function sendError(
  error: FastifyError | HttpError,
  request: FastifyRequest,
  reply: FastifyReply,
  languages: Languages,
): FastifyReply {
  const status = error.statusCode ?? 500
  const language = chooseRequestLanguage(request, languages)
  const reason = error instanceof HttpError ? error.reason : null
  const details = { reason, ...(status >= 500 && { errorId: request.id }) }
  const body = buildErrorBody(status, language, details)
  addRequestFacts(request, { codes: body.errors.map(({ extensions }) => extensions.code) })
  return setLanguageHeaders(reply, language).code(status).header('cache-control', 'no-store').send(body)
}
