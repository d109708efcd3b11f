import {
  GraphQLError,
  OperationTypeNode,
  getOperationAST,
  parse,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
} from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import { unavailable } from '../core/errors.ts'
import type { Language, Languages } from '../locales/languages.ts'
import type { RequestReason } from '../core/request-errors.ts'
import type { Context } from '../graphql/context.ts'
import { createNotAllowedError, type AllowList } from '../graphql/documents/allow-list.ts'
import { findVariablesRefusal } from '../graphql/guards/guards.ts'
import { ENGLISH, toLimitRefusal } from '../graphql/guards/limit-refusal.ts'
import type { Logger } from '../ports/logger.ts'
import type { SubscriptionSocket } from './socket-session.ts'

/** Settings of the operations on a socket. */
export interface SocketOperationOptions {
  readonly formatError: (error: GraphQLError, language: Language, log?: Logger) => GraphQLFormattedError
  /** Languages of messages. */
  readonly languages: Languages
  /** The documents that may run; null allows every document. */
  readonly operations: AllowList | null
}

/** Most subscriptions of one socket. */
const MAX_SUBSCRIPTIONS = 10
/** Longest subscription document, in tokens. */
const MAX_TOKENS = 200

/** The errors that reject an operation before validation; undefined for one that may run. */
export function findOperationErrors(
  { subscriptions }: SubscriptionSocket,
  { query, operationName, variables }: SubscribePayload,
  operations: AllowList | null,
): readonly GraphQLError[] | undefined {
  if (Object.keys(subscriptions).length > MAX_SUBSCRIPTIONS) return [createLimitError()]
  if (operations && !operations.includes(query)) return [createNotAllowedError()]
  const variablesError = findVariablesRefusal(variables)
  if (variablesError) return [variablesError]
  const operation = parseOperation(query, operationName)
  if (operation instanceof GraphQLError) return [operation]
  // Queries and mutations are served over HTTP, which has further guards.
  if (operation && operation.operation !== OperationTypeNode.SUBSCRIPTION)
    return [createError('Send queries and mutations over HTTP.', 'BAD_REQUEST', 'HTTP_REQUIRED')]
  return undefined
}

function parseOperation(
  query: string,
  operationName: string | null | undefined,
): OperationDefinitionNode | GraphQLError | null | undefined {
  try {
    return getOperationAST(parse(query, { maxTokens: MAX_TOKENS }), operationName)
  } catch (error) {
    if (error instanceof GraphQLError && toLimitRefusal(error, ENGLISH)) return error
    return createError('The document has a GraphQL syntax error.', 'GRAPHQL_PARSE_FAILED')
  }
}

/** Errors in the form that clients receive, in the language of the handshake or the request. */
export function formatErrors(
  errors: readonly GraphQLError[],
  context: Pick<Context, 'responseLanguage' | 'log'> | undefined,
  { formatError, languages }: Pick<SocketOperationOptions, 'formatError' | 'languages'>,
): GraphQLFormattedError[] {
  return errors.map((error) =>
    formatError(withCode(error), context?.responseLanguage.language ?? languages.fallback, context?.log),
  )
}

/** Validation errors of GraphQL.js have no code. */
function withCode(error: GraphQLError): GraphQLError {
  const isValidation = error.extensions['code'] === undefined && !error.originalError && !error.path
  return isValidation ? createError(error.message, 'GRAPHQL_VALIDATION_FAILED') : error
}

/** Rejects an operation under load, as a request is with 503. */
export function createBusyError(): GraphQLError {
  return new GraphQLError('The server is overloaded.', {
    originalError: unavailable(new Error('overloaded')),
  })
}

/** Rejects a subscription of a socket, session or account that has as many as it can have. */
export function createLimitError(): GraphQLError {
  return createError('Too many subscriptions.', 'BAD_REQUEST', 'TOO_MANY_SUBSCRIPTIONS')
}

function createError(message: string, code: string, reason?: RequestReason): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...(reason && { reason }) } })
}
