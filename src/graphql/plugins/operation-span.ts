import type { ApolloServer } from '@apollo/server'
import type { GraphQLFormattedError } from 'graphql'
import { ERROR_CODES, isErrorCode } from '../../core/errors.ts'
import type { SpanFacts, SpanOutcome, Tracing } from '../../ports/tracing.ts'
import type { Context } from '../context.ts'
import { MAX_OPERATION_NAME, listExtensions } from './operation-log.ts'
import type { ObserveOperation, OperationSummary } from './operation-outcomes.ts'

/** Until the document is parsed. */
const OPERATION: SpanFacts = { name: 'GraphQL Operation', kind: 'internal', attributes: {} }

/**
 * Runs every operation in a span, with the context of its request and everything that resolvers ask for below
 * it. Not a plugin: no hook of Apollo Server surrounds the others.
 */
export function traceOperations(apollo: ApolloServer<Context>, tracing: Tracing): ApolloServer<Context> {
  if (!tracing.enabled) return apollo
  const execute = apollo.executeHTTPGraphQLRequest.bind(apollo)
  apollo.executeHTTPGraphQLRequest = (request) => tracing.run(OPERATION, () => execute(request))
  return apollo
}

/**
 * Adds type, name and error codes of the operation to its span, as OpenTelemetry's semantic conventions for
 * GraphQL name them. Neither the document nor a variable, which can hold secrets. The span is named by the
 * type alone: clients choose names of operations.
 */
export function describeOperationSpans(tracing: Tracing): ObserveOperation {
  return ({ operation, errors }) => {
    if (operation) tracing.describe(describeOperation(operation))
    if (errors.length > 0) tracing.describe(describeErrors(errors))
  }
}

function describeOperation({ type, name }: OperationSummary): SpanOutcome {
  const named = name !== null && { 'graphql.operation.name': name.slice(0, MAX_OPERATION_NAME) }
  return { name: type, attributes: { 'graphql.operation.type': type, ...named } }
}

/** A refusal, such as a wrong password, is a result. A code of the 5xx class is a failure. */
function describeErrors(errors: readonly GraphQLFormattedError[]): SpanOutcome {
  const codes = listExtensions(errors, 'code')
  const failure = codes.find((code) => isErrorCode(code) && ERROR_CODES[code].status >= 500)
  const attributes = { 'gateway.error.codes': codes }
  return failure === undefined ? { attributes } : { attributes, failure }
}
