import type { GraphQLFormattedError } from 'graphql'
import type { CounterLabels, Metrics } from '../../ports/metrics.ts'
import { COUNTERS } from '../../ports/metrics/counters.ts'
import type { ObserveOperation, OperationSummary } from './operation-outcomes.ts'

type ResponseCode = CounterLabels<'gateway_graphql_errors_total'>['code']

const CODES: ReadonlySet<string> = new Set(COUNTERS.gateway_graphql_errors_total.labels.code)

/** The name that operations without a name are counted under. */
const ANONYMOUS = 'anonymous'
/** The name that documents are counted under that are not executed. */
const REJECTED = 'rejected'
/** Longest name of an operation that can have series, in characters. */
const MAX_NAME = 64

/**
 * Counts operations by name and by code, errors by code, and measures operations by root field. Clients
 * choose the names, so only the first ones have series; fields are those of the schema.
 */
export function measureOperations(metrics: Pick<Metrics, 'count' | 'observe'>): ObserveOperation {
  // Before any client can use up the names that have series.
  for (const operation of [ANONYMOUS, REJECTED])
    metrics.count('gateway_graphql_operations_total', { operation, code: 'OK' }, 0)
  return ({ operation, errors, seconds }) => {
    const codes = errors.map(readCode)
    // The allow list replaces a document that it rejects.
    const executed = codes[0] === 'OPERATION_NOT_ALLOWED' ? null : operation
    const name = executed ? readName(executed) : REJECTED
    metrics.count('gateway_graphql_operations_total', { operation: name, code: codes[0] ?? 'OK' })
    for (const code of codes) metrics.count('gateway_graphql_errors_total', { code })
    if (!executed) return
    const field = executed.rootField ?? 'several'
    metrics.observe('gateway_graphql_operation_duration_seconds', { field }, seconds)
  }
}

function readCode({ extensions }: GraphQLFormattedError): ResponseCode {
  const code = extensions?.['code']
  return isResponseCode(code) ? code : 'other'
}

function isResponseCode(code: unknown): code is ResponseCode {
  return typeof code === 'string' && CODES.has(code)
}

function readName({ name }: OperationSummary): string {
  if (name === null) return ANONYMOUS
  return name.length > MAX_NAME ? 'other' : name
}
