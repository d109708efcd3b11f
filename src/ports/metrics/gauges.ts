import { FIRST_HUNDRED, type MetricDeclaration } from './declarations.ts'

/** A gauge. `acrossWorkers`: how the values of the worker processes of one node make one value. */
interface GaugeDeclaration extends MetricDeclaration {
  readonly acrossWorkers: 'sum' | 'max' | 'min'
}

/** Which server a pool has connections to. */
const SERVERS = ['primary', 'replica'] as const

/** Every gauge. Values of all nodes are the same at each node, and must not be summed over nodes. */
export const GAUGES = {
  gateway_build_info: {
    help: 'The version of the gateway and the kinds of its stores. The value is 1.',
    labels: {
      version: FIRST_HUNDRED,
      database: ['sqlite', 'postgresql'],
      state_store: ['memory', 'database', 'redis', 'memcached'],
    },
    acrossWorkers: 'max',
  },
  gateway_database_up: {
    help: 'Whether the database responds to this process and accepts writes: 1 or 0.',
    labels: {},
    acrossWorkers: 'min',
  },
  gateway_state_store_up: {
    help: 'Whether the state store responds to this process: 1 or 0.',
    labels: {},
    acrossWorkers: 'min',
  },
  gateway_database_pool_size: {
    help: 'Most units of database work at a time.',
    labels: { server: SERVERS },
    acrossWorkers: 'sum',
  },
  gateway_database_pool_active: {
    help: 'Units of database work in progress.',
    labels: { server: SERVERS },
    acrossWorkers: 'sum',
  },
  gateway_database_pool_waiting: {
    help: 'Units of database work that wait for a connection.',
    labels: { server: SERVERS },
    acrossWorkers: 'sum',
  },
  gateway_workers: {
    help: 'Worker processes that serve requests. Without WORKERS there is no such series.',
    labels: {},
    acrossWorkers: 'sum',
  },
  gateway_password_hashes: {
    help: 'Password hashes that the workers of this machine are computing. Without WORKERS there is no such series.',
    labels: {},
    acrossWorkers: 'sum',
  },
  gateway_requests_in_flight: {
    help: 'Requests in progress, counted from the arrival of the body.',
    labels: {},
    acrossWorkers: 'sum',
  },
  gateway_requests_in_flight_limit: {
    help: 'Requests in progress above which further ones are shed. It falls while the event loop is busy.',
    labels: {},
    acrossWorkers: 'sum',
  },
  gateway_subscription_connections: {
    help: 'Open WebSockets and event streams.',
    labels: {},
    acrossWorkers: 'sum',
  },
  gateway_active_sessions: {
    help: 'Sessions that are neither revoked nor expired, of all nodes. Counted at most once a minute; an estimate above 100,000 rows, in SQLite above 20,000.',
    labels: {},
    acrossWorkers: 'max',
  },
  gateway_messages_waiting: {
    help: 'Outgoing messages in the database, of all nodes.',
    labels: {},
    acrossWorkers: 'max',
  },
  gateway_oldest_message_age_seconds: {
    help: 'Age of the oldest outgoing message in the database, of all nodes. 0 without a message.',
    labels: {},
    acrossWorkers: 'max',
  },
  gateway_signing_key_age_seconds: {
    help: 'Time since the current signing key started to sign. Absent if the settings contain the keys.',
    labels: {},
    acrossWorkers: 'max',
  },
  gateway_signing_key_rotation_seconds: {
    help: 'Age at which a signing key is followed by the next, 0 for never. Absent if the settings contain the keys.',
    labels: {},
    acrossWorkers: 'max',
  },
} as const satisfies Record<string, GaugeDeclaration>
