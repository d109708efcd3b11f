import { unwrapResolverError } from '@apollo/server/errors'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { AuthError, ERROR_CODES, type ErrorCode } from '../core/errors.ts'
import type { Log } from '../ports/log.ts'
import { limitRefusalOf } from './guards/limit-refusal.ts'

/** Codes that Apollo Server gives a request it cannot run, with the one sentence that is answered: its own would quote the input. */
const REQUEST_ERRORS: Readonly<Record<string, string>> = {
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema.',
  PERSISTED_QUERY_NOT_FOUND: 'PersistedQueryNotFound',
  PERSISTED_QUERY_NOT_SUPPORTED: 'PersistedQueryNotSupported',
  OPERATION_NOT_ALLOWED: 'Only listed operations run here, and this is none of them.',
  OPERATION_RESOLUTION_FAILURE: 'The document has no such operation, or several and none was named.',
  BAD_USER_INPUT: 'A variable or argument has the wrong type.',
  BAD_REQUEST: 'The request is not GraphQL over HTTP.',
}

/** Sentences of Apollo Server about a request to which it gives no code. */
const BAD_REQUESTS: readonly string[] = [
  'provided sha does not match query',
  'Unsupported persisted query version',
]

/**
 * Turns any error into what a client may see. Refusals keep their code and facts; Apollo's request errors keep their code,
 * their place and, where it names the schema and no value, their sentence; everything else is logged under an id and answered
 * with that id alone.
 */
export function createErrorFormatter(log: Log, newErrorId: () => string, showsSchema: boolean) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const place = placeOf(formatted)
    const original = unwrapResolverError(error)
    if (original instanceof AuthError) return { ...place, ...refusalOf(original, log) }
    const limit = limitRefusalOf(original)
    if (limit)
      return { message: limit.message, ...place, extensions: { code: limit.code, messageKey: limit.code } }
    const code = BAD_REQUESTS.includes(formatted.message) ? 'BAD_REQUEST' : formatted.extensions?.['code']
    const sentence = typeof code === 'string' && isOwnError(original) ? REQUEST_ERRORS[code] : undefined
    if (sentence !== undefined) {
      // Validation speaks of the schema and the document; where the schema may be seen, its sentence helps.
      const message =
        code === 'GRAPHQL_VALIDATION_FAILED' && showsSchema && !quotesValue(formatted.message)
          ? formatted.message
          : sentence
      return { message, ...place, extensions: { code, messageKey: code } }
    }
    const errorId = newErrorId()
    log.error({ err: original, errorId }, 'a request failed for a reason that is not the client’s')
    return { ...place, ...masked(errorId) }
  }
}

/** The answer for a failure that must not be described. */
export function masked(errorId: string): { message: string; extensions: Record<string, unknown> } {
  const code: ErrorCode = 'INTERNAL_SERVER_ERROR'
  return { message: ERROR_CODES[code].message, extensions: { code, messageKey: code, errorId } }
}

function refusalOf(error: AuthError, log: Log): { message: string; extensions: Record<string, unknown> } {
  if (error.code === 'SERVICE_UNAVAILABLE')
    log.warn({ err: error.cause ?? error }, 'a dependency did not answer')
  return { message: error.message, extensions: { code: error.code, messageKey: error.code, ...error.facts } }
}

function placeOf({ locations, path }: GraphQLFormattedError) {
  return { ...(locations && { locations }), ...(path && { path }) }
}

/** Errors of GraphQL and Apollo themselves have no foreign cause. */
function isOwnError(original: unknown): boolean {
  if (!(original instanceof GraphQLError)) return false
  return original.originalError === undefined || original.originalError instanceof GraphQLError
}

/** Validation quotes literals of the document, which people fill with values. */
function quotesValue(message: string): boolean {
  return /cannot represent|Expected value of type|found |Syntax Error/i.test(message)
}
