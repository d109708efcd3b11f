import type { Language } from '../locales/languages.ts'
import type { RequestReason } from '../core/request-errors.ts'
import type { ResponseTexts } from '../locales/types.ts'

/** Error codes of requests that fail outside GraphQL, by status. */
const CODES = {
  400: 'BAD_REQUEST',
  403: 'HTTPS_REQUIRED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  431: 'HEADERS_TOO_LARGE',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
} as const satisfies Readonly<Record<number, keyof ResponseTexts['http']>>

/** A status that has an error code. */
export type ErrorStatus = keyof typeof CODES

/** An expected failure of a request outside GraphQL. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly statusCode: ErrorStatus
  readonly reason: RequestReason | null

  constructor(statusCode: ErrorStatus, reason: RequestReason | null = null) {
    super(CODES[statusCode])
    this.statusCode = statusCode
    this.reason = reason
  }
}

/**
 * The body of an error response, in the shape of a GraphQL error. Ours rather than the one of
 * `@fastify/sensible`: clients read one shape and one set of codes, in their language, and the body never
 * quotes the request.
 */
export function buildErrorBody(
  status: number,
  language: Language,
  {
    reason = null,
    ...details
  }: { readonly reason?: RequestReason | null; readonly errorId?: string; readonly retryAfter?: number } = {},
) {
  const code = CODES[isErrorStatus(status) ? status : status < 500 ? 400 : 500]
  const { http, requestReasons } = language.responses
  const message = reason ? requestReasons[reason] : http[code]
  const facts = reason ? { messageKey: `${code}_${reason}`, reason } : { messageKey: code }
  return { errors: [{ message, extensions: { code, ...facts, ...details } }] }
}

function isErrorStatus(status: number): status is ErrorStatus {
  return status in CODES
}
