import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Language } from '../core/languages.ts'
import { HttpError, buildErrorBody } from './http-error.ts'
import { chooseRequestLanguage, setLanguageHeaders } from './request-language.ts'
import { SECURITY_HEADERS } from './security-headers.ts'

/** Answers every failure outside GraphQL with a JSON error that quotes neither the request nor the cause. */
export function addJsonErrors(app: FastifyInstance, fallback: Language): void {
  app.setNotFoundHandler(async () => {
    throw new HttpError(404)
  })
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500 && !(error instanceof HttpError))
      request.log.error({ event: 'http.request_failed', err: error }, 'request failed')
    if (status === 503) reply.header('retry-after', '1')
    return sendError(status, request, reply, fallback)
  })
}

/**
 * Answers URLs that cannot be decoded (`/%`). Fastify runs no hooks for them, so the security headers are set
 * here.
 */
export function createBadUrlHandler(fallback: Language) {
  return (_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    void sendError(400, request, reply.headers(SECURITY_HEADERS), fallback)
  }
}

function sendError(
  status: number,
  request: FastifyRequest,
  reply: FastifyReply,
  fallback: Language,
): FastifyReply {
  const language = chooseRequestLanguage(request, fallback)
  const details = status >= 500 ? { errorId: request.id } : {}
  return setLanguageHeaders(reply, language)
    .code(status)
    .header('cache-control', 'no-store')
    .send(buildErrorBody(status, language, details))
}
