import { TRANSPORT_NAMES } from './message-transport.ts'

/** Values of a label that cannot be listed: the first so many that come are kept apart, what comes after counts as `other`. */
export const FIRST_THOUSAND = 1000

/** A counter: what it counts, and every value that each label may have. */
interface Counter {
  readonly help: string
  readonly labels: Readonly<Record<string, readonly string[] | typeof FIRST_THOUSAND>>
}

/**
 * Every counter. Adding one is adding it here. The values of a label are a list, so that nothing that anybody typed becomes
 * one, and the number of series has a bound.
 */
export const COUNTERS = {
  gateway_messages_total: {
    help: 'What became of outgoing messages. sent, refused (for good) and failed are of one transport; retried (put off) and dropped (given up) of the message.',
    labels: {
      channel: ['EMAIL', 'SMS', 'unknown'],
      transport: [...TRANSPORT_NAMES, 'none'],
      result: ['sent', 'refused', 'failed', 'retried', 'dropped'],
    },
  },
  gateway_sms_codes_total: {
    help: 'Codes sent by text message, and those that came back, by the first six digits of the number: a prefix that sends many and verifies few is being pumped.',
    labels: { prefix: FIRST_THOUSAND, fact: ['sent', 'verified'] },
  },
} as const satisfies Record<string, Counter>

/** Every gauge, with its meaning. */
export const GAUGES = {
  gateway_messages_waiting: 'Outgoing messages that are in the table, in every node together.',
} as const

/** Name of a counter. */
export type CounterName = keyof typeof COUNTERS
/** Name of a gauge. */
export type GaugeName = keyof typeof GAUGES
/** The labels of a counter. */
export type LabelsOf<Name extends CounterName> = {
  readonly [
    Label in keyof (typeof COUNTERS)[Name]['labels']
  ]: (typeof COUNTERS)[Name]['labels'][Label] extends readonly (infer Value extends string)[] ? Value : string
}

/** Counts what happens. Never fails, never waits. */
export interface Metrics {
  /** Adds one. */
  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>): void
  /** How a gauge is read, each time somebody looks; while it rejects, the gauge is left out. */
  gauge(name: GaugeName, read: () => Promise<number>): void
  /** Everything, in the text format of Prometheus 0.0.4. */
  read(): Promise<{ readonly type: string; readonly text: string }>
}
