import {
  GraphQLError,
  OperationTypeNode,
  getOperationAST,
  parse,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
} from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import type { Language } from '../core/languages.ts'
import type { OperationManifest } from '../core/operation-manifest.ts'
import { isListed, createNotAllowedError } from '../graphql/documents/allow-list.ts'
import { findVariablesRefusal } from '../graphql/guards/guards.ts'
import { toLimitRefusal } from '../graphql/guards/limit-refusal.ts'
import type { SubscriptionSocket } from './socket-session.ts'

/** Settings of the operations on a socket. */
export interface SocketOperationOptions {
  readonly formatError: (error: GraphQLError, language: Language) => GraphQLFormattedError
  /** Language of messages to clients that ask for none that is supported. */
  readonly language: Language
  /** The documents that may run; null allows every document. */
  readonly operations: OperationManifest | null
}

/** Most subscriptions of one socket. */
const MAX_SUBSCRIPTIONS = 10
/** Longest subscription document, in tokens. */
const MAX_TOKENS = 200

/** The errors that reject an operation before validation; undefined for one that may run. */
export function findOperationErrors(
  { subscriptions }: SubscriptionSocket,
  { query, operationName, variables }: SubscribePayload,
  operations: OperationManifest | null,
): readonly GraphQLError[] | undefined {
  if (Object.keys(subscriptions).length > MAX_SUBSCRIPTIONS)
    return [createError('Too many subscriptions.', 'BAD_REQUEST')]
  if (!isListed(operations, query)) return [createNotAllowedError()]
  const variablesError = findVariablesRefusal(variables)
  if (variablesError) return [variablesError]
  const operation = parseOperation(query, operationName)
  if (operation instanceof GraphQLError) return [operation]
  // Queries and mutations are served over HTTP, which has further guards.
  if (operation && operation.operation !== OperationTypeNode.SUBSCRIPTION)
    return [createError('Send queries and mutations over HTTP.', 'BAD_REQUEST')]
  return undefined
}

function parseOperation(
  query: string,
  operationName: string | null | undefined,
): OperationDefinitionNode | GraphQLError | null | undefined {
  try {
    return getOperationAST(parse(query, { maxTokens: MAX_TOKENS }), operationName)
  } catch (error) {
    if (error instanceof GraphQLError && toLimitRefusal(error, 'en')) return error
    return createError('The document has a GraphQL syntax error.', 'GRAPHQL_PARSE_FAILED')
  }
}

/** Errors in the form that clients receive, in the language of the handshake. */
export function formatErrors(
  errors: readonly GraphQLError[],
  { extra: { context } }: SubscriptionSocket,
  { formatError, language }: SocketOperationOptions,
): GraphQLFormattedError[] {
  return errors.map((error) => formatError(withCode(error), context?.responseLanguage.language ?? language))
}

/** Validation errors of GraphQL.js have no code. */
function withCode(error: GraphQLError): GraphQLError {
  const isValidation = error.extensions['code'] === undefined && !error.originalError && !error.path
  return isValidation ? createError(error.message, 'GRAPHQL_VALIDATION_FAILED') : error
}

function createError(message: string, code: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } })
}
