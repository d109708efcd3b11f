import { unwrapResolverError } from '@apollo/server/errors'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { AuthError, type ErrorCode } from '../core/errors.ts'
import type { Language } from '../core/languages.ts'
import type { Logger } from '../ports/logger.ts'
import { RESPONSES } from '../locales/index.ts'
import { toLimitRefusal } from './guards/limit-refusal.ts'

/** Messages of Apollo Server's request errors that have no code. */
const BAD_REQUESTS: readonly string[] = [
  'provided sha does not match query',
  'Unsupported persisted query version',
]

/** Formats an error for a client, in a language. */
export type FormatError = (
  formatted: GraphQLFormattedError,
  error: unknown,
  language: Language,
) => GraphQLFormattedError

/**
 * Creates the formatter of errors. Refusals keep their code and facts. Request errors of Apollo keep their
 * code and position, and their English message if it names the schema but no value. Every other error is
 * logged with an id, and the client gets the id. `showsSchema`: whether messages can name parts of the
 * schema.
 */
export function createErrorFormatter(
  log: Logger,
  newErrorId: () => string,
  showsSchema: boolean,
): FormatError {
  return (formatted, error, language) => {
    const position = pickPosition(formatted)
    const original = unwrapResolverError(error)
    if (original instanceof AuthError) return { ...position, ...formatRefusal(original, language, log) }
    const limit = toLimitRefusal(original, language)
    if (limit)
      return { message: limit.message, ...position, extensions: { code: limit.code, messageKey: limit.code } }
    const code = BAD_REQUESTS.includes(formatted.message) ? 'BAD_REQUEST' : formatted.extensions?.['code']
    const text =
      typeof code === 'string' && isGraphqlError(original) ? findRequestText(code, language) : undefined
    if (text !== undefined) {
      // The message of a validation error names the schema, which helps developers and is hidden in
      // production.
      const message =
        code === 'GRAPHQL_VALIDATION_FAILED' && showsSchema && !quotesValue(formatted.message)
          ? formatted.message
          : text
      return { message, ...position, extensions: { code, messageKey: code } }
    }
    const errorId = newErrorId()
    log.error({ event: 'graphql.unhandled_error', err: original, errorId }, 'unhandled resolver error')
    return { ...position, ...maskError(errorId, language) }
  }
}

/** The error for a failure that must not be described. */
function maskError(
  errorId: string,
  language: Language,
): { message: string; extensions: Record<string, unknown> } {
  const code: ErrorCode = 'INTERNAL_SERVER_ERROR'
  return { message: RESPONSES[language].refusals[code], extensions: { code, messageKey: code, errorId } }
}

function formatRefusal(
  error: AuthError,
  language: Language,
  log: Logger,
): { message: string; extensions: Record<string, unknown> } {
  if (error.code === 'SERVICE_UNAVAILABLE')
    log.warn({ event: 'graphql.dependency_unavailable', err: error.cause ?? error }, 'dependency unavailable')
  const { code, facts } = error
  return { message: RESPONSES[language].refusals[code], extensions: { code, messageKey: code, ...facts } }
}

/** The text for a request error of Apollo, by its code. Apollo's own messages can quote the input. */
function findRequestText(code: string, language: Language): string | undefined {
  const { requests } = RESPONSES[language]
  return Object.entries(requests).find(([key]) => key === code)?.[1]
}

function pickPosition({ locations, path }: GraphQLFormattedError) {
  return { ...(locations && { locations }), ...(path && { path }) }
}

/** Whether an error was created by GraphQL or Apollo, and does not wrap another. */
function isGraphqlError(original: unknown): boolean {
  if (!(original instanceof GraphQLError)) return false
  return original.originalError === undefined || original.originalError instanceof GraphQLError
}

/** Whether a validation message quotes a literal of the document, which can be a user's value. */
function quotesValue(message: string): boolean {
  return /cannot represent|Expected value of type|found |Syntax Error/i.test(message)
}
