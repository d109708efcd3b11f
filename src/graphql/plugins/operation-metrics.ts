import { Kind, type GraphQLFormattedError, type OperationDefinitionNode } from 'graphql'
import type { CounterLabels, Metrics } from '../../ports/metrics.ts'
import { COUNTERS } from '../../ports/metrics/counters.ts'
import type { RequestPart } from '../request-plugin.ts'

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
export function measureOperations(metrics: Pick<Metrics, 'count' | 'observe'>): RequestPart {
  // Before any client can use up the names that have series.
  for (const operation of [ANONYMOUS, REJECTED])
    metrics.count('gateway_graphql_operations_total', { operation, code: 'OK' }, 0)
  return () => {
    const startedAt = performance.now()
    return {
      willSendResponse({ operation, response: { body } }) {
        const codes = body.kind === 'single' ? (body.singleResult.errors ?? []).map(readCode) : []
        // The allow list replaces a document that it rejects.
        const executed = codes[0] === 'OPERATION_NOT_ALLOWED' ? undefined : operation
        const name = executed ? readName(executed) : REJECTED
        metrics.count('gateway_graphql_operations_total', { operation: name, code: codes[0] ?? 'OK' })
        for (const code of codes) metrics.count('gateway_graphql_errors_total', { code })
        if (!executed) return
        const seconds = (performance.now() - startedAt) / 1000
        const field = readRootField(executed)
        metrics.observe('gateway_graphql_operation_duration_seconds', { field }, seconds)
      },
    }
  }
}

function readCode({ extensions }: GraphQLFormattedError): ResponseCode {
  const code = extensions?.['code']
  return isResponseCode(code) ? code : 'other'
}

function isResponseCode(code: unknown): code is ResponseCode {
  return typeof code === 'string' && CODES.has(code)
}

function readName({ name }: OperationDefinitionNode): string {
  if (!name) return ANONYMOUS
  return name.value.length > MAX_NAME ? 'other' : name.value
}

/** The only root field, by its name in the schema. */
function readRootField({ selectionSet: { selections } }: OperationDefinitionNode): string {
  const [first] = selections
  return selections.length === 1 && first?.kind === Kind.FIELD ? first.name.value : 'several'
}
