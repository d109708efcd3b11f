import { unwrapResolverError } from '@apollo/server/errors'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { AuthError, type ErrorCode } from '../core/errors.ts'
import type { Language } from '../locales/languages.ts'
import type { Logger } from '../ports/logger.ts'
import { renderText } from '../core/template.ts'
import type { FieldError } from '../core/field-errors.ts'
import { toLimitRefusal } from './guards/limit-refusal.ts'
import { findRequestReason } from './request-reasons.ts'

/** Formats an error for a client, in a language. `requestLog`: the log of its request, where it has one. */
export type FormatError = (
  formatted: GraphQLFormattedError,
  error: unknown,
  language: Language,
  requestLog?: Logger,
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
  return (formatted, error, language, requestLog = log) => {
    const position = pickPosition(formatted)
    const original = unwrapResolverError(error)
    if (original instanceof AuthError)
      return { ...position, ...formatRefusal(original, language, requestLog) }
    const limit = toLimitRefusal(original, language)
    if (limit)
      return { message: limit.message, ...position, extensions: { code: limit.code, messageKey: limit.code } }
    if (isGraphqlError(original)) {
      const request = formatRequestError(formatted, language, showsSchema)
      if (request) return { ...request, ...position }
    }
    const errorId = newErrorId()
    requestLog.error({ event: 'graphql.unhandled_error', err: original, errorId }, 'unhandled resolver error')
    return { ...position, ...maskError(errorId, language) }
  }
}

/** The error for a failure that must not be described. */
function maskError(
  errorId: string,
  language: Language,
): { message: string; extensions: Record<string, unknown> } {
  const code: ErrorCode = 'INTERNAL_SERVER_ERROR'
  return { message: language.responses.refusals[code], extensions: { code, messageKey: code, errorId } }
}

function formatRefusal(
  error: AuthError,
  language: Language,
  log: Logger,
): { message: string; extensions: Record<string, unknown> } {
  if (error.code === 'SERVICE_UNAVAILABLE')
    log.warn({ event: 'graphql.dependency_unavailable', err: error.cause ?? error }, 'dependency unavailable')
  const { code, facts } = error
  const { refusals, reasons } = language.responses
  const text = Object.entries(reasons).find(([reason]) => reason === facts.reason)?.[1]
  const messageKey = text === undefined ? code : `${code}_${facts.reason}`
  return { message: text ?? refusals[code], extensions: { code, messageKey, ...facts } }
}

/** A request error of Apollo or of ours; null for any other. Apollo's own messages can quote the input. */
function formatRequestError(
  { message, extensions = {} }: GraphQLFormattedError,
  language: Language,
  showsSchema: boolean,
): GraphQLFormattedError | null {
  const { requests, requestReasons } = language.responses
  const reason = findRequestReason(message, extensions['reason'])
  if (reason)
    return {
      message: requestReasons[reason],
      extensions: { code: 'BAD_REQUEST', messageKey: `BAD_REQUEST_${reason}`, reason },
    }
  const code = extensions['code']
  const [, text] = Object.entries(requests).find(([key]) => key === code) ?? []
  if (text === undefined) return null
  const [fieldError] = (extensions['fieldErrors'] ?? []) as readonly FieldError[]
  if (fieldError)
    return {
      message: renderVariableError(fieldError, language),
      extensions: { code, messageKey: code, fieldErrors: [fieldError] },
    }
  // The message of a validation error names the schema, which helps developers and is hidden in production.
  const isShown = code === 'GRAPHQL_VALIDATION_FAILED' && showsSchema && !quotesValue(message)
  return { message: isShown ? message : text, extensions: { code, messageKey: code } }
}

/** Names the variable and the expected type: never the value. */
function renderVariableError({ path, code, message: expected }: FieldError, language: Language): string {
  const { variables } = language.responses
  const text = Object.entries(variables).find(([key]) => key === code)?.[1] ?? variables.INVALID_TYPE
  return renderText(text, { path: path.join('.'), expected })
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
