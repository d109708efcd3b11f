import { unwrapResolverError } from '@apollo/server/errors'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { AuthError, type ErrorCode } from '../core/errors.ts'
import type { Language } from '../core/languages.ts'
import type { Log } from '../ports/log.ts'
import { RESPONSES } from '../locales/index.ts'
import { toLimitRefusal } from './guards/limit-refusal.ts'

/** Sentences of Apollo Server about a request to which it gives no code. */
const BAD_REQUESTS: readonly string[] = [
  'provided sha does not match query',
  'Unsupported persisted query version',
]

/** Turns any error into what a client may see, in a language. */
export type FormatError = (
  formatted: GraphQLFormattedError,
  error: unknown,
  language: Language,
) => GraphQLFormattedError

/**
 * Turns any error into what a client may see. Refusals keep their code and facts; Apollo's request errors keep their code,
 * their place and, where it names the schema and no value, their sentence, which is English; everything else is logged under an id and answered
 * with that id alone.
 */
export function createErrorFormatter(log: Log, newErrorId: () => string, showsSchema: boolean): FormatError {
  return (formatted, error, language) => {
    const place = placeOf(formatted)
    const original = unwrapResolverError(error)
    if (original instanceof AuthError) return { ...place, ...refusalOf(original, language, log) }
    const limit = toLimitRefusal(original, language)
    if (limit)
      return { message: limit.message, ...place, extensions: { code: limit.code, messageKey: limit.code } }
    const code = BAD_REQUESTS.includes(formatted.message) ? 'BAD_REQUEST' : formatted.extensions?.['code']
    const sentence =
      typeof code === 'string' && isOwnError(original) ? requestSentence(code, language) : undefined
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
    return { ...place, ...masked(errorId, language) }
  }
}

/** The answer for a failure that must not be described. */
export function masked(
  errorId: string,
  language: Language,
): { message: string; extensions: Record<string, unknown> } {
  const code: ErrorCode = 'INTERNAL_SERVER_ERROR'
  return { message: RESPONSES[language].refusals[code], extensions: { code, messageKey: code, errorId } }
}

function refusalOf(
  error: AuthError,
  language: Language,
  log: Log,
): { message: string; extensions: Record<string, unknown> } {
  if (error.code === 'SERVICE_UNAVAILABLE')
    log.warn({ err: error.cause ?? error }, 'a dependency did not answer')
  const { code, facts } = error
  return { message: RESPONSES[language].refusals[code], extensions: { code, messageKey: code, ...facts } }
}

/** What is said of a request that Apollo cannot run, by the code it gives: its own words would quote the input. */
function requestSentence(code: string, language: Language): string | undefined {
  const { requests } = RESPONSES[language]
  return Object.entries(requests).find(([key]) => key === code)?.[1]
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
