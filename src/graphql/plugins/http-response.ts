import { ERROR_CODES, isErrorCode } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import type { RequestHooks, RequestPart } from '../request-plugin.ts'

/**
 * Sets status and headers as GraphQL over HTTP defines them. A refusal has its own status only for clients
 * that accept `application/graphql-response+json`, and only without data. With `application/json` a
 * well-formed request gets 200, because a client could not tell another status from that of an intermediary.
 * `Retry-After` and `WWW-Authenticate` are always sent with their codes, and `Content-Language` if the
 * response has text in it.
 */
export function setHttpResponse(): RequestPart {
  const hooks: RequestHooks = {
    willSendResponse({ response, request, contextValue }) {
      const { http, body } = response
      http.headers.set('cache-control', 'no-store')
      if (body.kind === 'single') addRateLimits(body.singleResult, contextValue)
      const { responseLanguage } = contextValue
      if (responseLanguage.used) http.headers.set('content-language', responseLanguage.language.tag)
      if (body.kind !== 'single' || !body.singleResult.errors) return
      const { errors, data } = body.singleResult
      const code = errors[0]?.extensions?.['code']
      for (const { extensions } of errors) addErrorHeaders(http.headers, extensions)
      const accept = request.http?.headers.get('accept') ?? ''
      if (data || !isErrorCode(code) || (http.status ?? 200) !== 200) return
      if (accept.includes('application/graphql-response+json')) http.status = ERROR_CODES[code].status
    },
  }
  return () => hooks
}

/** Adds the status of each rate-limited field to `extensions`, on success and on refusal. */
function addRateLimits(
  result: { extensions?: Record<string, unknown> },
  context: Partial<Pick<Context, 'fieldLimits'>>,
): void {
  const rateLimits = context.fieldLimits?.statuses ?? []
  if (rateLimits.length > 0) result.extensions = { rateLimits, ...result.extensions }
}

/** Adds the headers that belong to the code and the facts of an error. */
export function addErrorHeaders(
  headers: { set(name: string, value: string): unknown },
  { code, retryAfter, scope }: Readonly<Record<string, unknown>> = {},
): void {
  if (typeof retryAfter === 'number') headers.set('retry-after', String(retryAfter))
  if (code === 'UNAUTHENTICATED') headers.set('www-authenticate', 'Bearer')
  // RFC 6750 §3.1. Scopes of the schema contain no character that a quoted string escapes.
  if (code === 'FORBIDDEN' && typeof scope === 'string')
    headers.set('www-authenticate', `Bearer error="insufficient_scope", scope="${scope}"`)
}
