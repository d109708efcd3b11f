import { CHANNEL_NAMES } from '../core/channel.ts'

/**
 * Marks a label without a list of values: the first 1000 values have a series each, later values count as
 * `other`.
 */
export const FIRST_THOUSAND = 1000

/** A counter: what it counts, and the values that each label can have. */
interface Counter {
  readonly help: string
  readonly labels: Readonly<Record<string, readonly string[] | typeof FIRST_THOUSAND>>
}

/**
 * Every counter. To add a counter, add it here. User input never becomes the value of a label, and the number
 * of series is bounded.
 */
export const COUNTERS = {
  gateway_messages_total: {
    help: 'Outcomes of outgoing messages: sent, refused and failed per transport; retried and dropped per message.',
    labels: {
      channel: [...CHANNEL_NAMES, 'unknown'],
      /** The name of a configured transport, or `none`. */
      transport: FIRST_THOUSAND,
      result: ['sent', 'refused', 'failed', 'retried', 'dropped'],
    },
  },
  gateway_sms_codes_total: {
    help: 'Codes sent by text message and codes verified, by the first six digits of the number. A prefix with many codes sent and few verified indicates SMS pumping.',
    labels: { prefix: FIRST_THOUSAND, fact: ['sent', 'verified'] },
  },
  gateway_cache_reads_total: {
    help: 'Reads of the caches in the memory of this process. A miss reads the database.',
    labels: { level: ['accounts', 'posts', 'responses'], result: ['hit', 'miss'] },
  },
  gateway_removed_rows_total: {
    help: 'Rows that the scheduled cleanup of this process removed.',
    labels: { kind: ['pending_accounts', 'ended_sessions', 'ended_api_keys', 'account_changes'] },
  },
} as const satisfies Record<string, Counter>

/** Every gauge with its description. */
export const GAUGES = {
  gateway_messages_waiting: 'Outgoing messages in the database, of all nodes.',
} as const

/** The name of a counter. */
export type CounterName = keyof typeof COUNTERS
/** The name of a gauge. */
export type GaugeName = keyof typeof GAUGES
/** The labels of a counter. */
export type CounterLabels<Name extends CounterName> = {
  readonly [
    Label in keyof (typeof COUNTERS)[Name]['labels']
  ]: (typeof COUNTERS)[Name]['labels'][Label] extends readonly (infer Value extends string)[] ? Value : string
}

/** Collects metrics. Counting never fails and never waits. */
export interface Metrics {
  /** Adds one, or `amount`, to a counter. */
  count<Name extends CounterName>(name: Name, labels: CounterLabels<Name>, amount?: number): void
  /** Sets how a gauge is read at each scrape. A gauge whose `read` rejects is left out of that scrape. */
  gauge(name: GaugeName, read: () => Promise<number>): void
  /** All metrics in the text exposition format 0.0.4, with its content type. */
  read(): Promise<{ readonly type: string; readonly text: string }>
}
