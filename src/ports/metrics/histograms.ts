import { FIRST_HUNDRED, type MetricDeclaration } from './declarations.ts'

/** A histogram. `buckets`: their upper bounds in seconds, rising. */
interface HistogramDeclaration extends MetricDeclaration {
  readonly buckets: readonly number[]
}

/** Buckets of single operations of a store, which take a millisecond and end within one second. */
const STORE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1] as const

/** Every histogram. */
export const HISTOGRAMS = {
  // Name, labels and buckets of the OpenTelemetry semantic conventions for HTTP.
  http_server_request_duration_seconds: {
    help: 'Duration of HTTP requests, without event streams and without requests that load shedding rejected. The route none is that of requests without a route.',
    labels: {
      http_request_method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', '_OTHER'],
      http_route: FIRST_HUNDRED,
      http_response_status_code: FIRST_HUNDRED,
    },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
  gateway_graphql_operation_duration_seconds: {
    help: 'Duration of executed GraphQL operations by root field; several is that of operations with more than one.',
    labels: { field: FIRST_HUNDRED },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  gateway_state_store_operation_duration_seconds: {
    help: 'Duration of operations of the state store.',
    labels: {
      operation: ['get', 'set', 'compare_and_set', 'take', 'increment', 'reserve', 'delete'],
      result: ['ok', 'failed'],
    },
    buckets: STORE_BUCKETS,
  },
  gateway_database_work_duration_seconds: {
    help: 'Duration of units of database work, each a statement or a transaction, with the wait for a connection. The result unavailable is no connection, no response in time, or a full queue.',
    labels: { server: ['primary', 'replica'], result: ['ok', 'unavailable', 'failed'] },
    buckets: STORE_BUCKETS,
  },
} as const satisfies Record<string, HistogramDeclaration>
