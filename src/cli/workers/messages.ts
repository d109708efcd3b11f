import type { EnvironmentSnapshot } from '../../config/environment-snapshot.ts'
import type { MetricsSnapshot } from '../../ports/metrics.ts'
import type { StartFailure } from '../start-error.ts'

/** Everything that a worker needs to start. */
export interface StartMessage {
  readonly kind: 'start'
  /** What the settings are read from. */
  readonly snapshot: EnvironmentSnapshot
  /** Number of workers. */
  readonly workers: number
}

/** What the primary process sends to a worker. */
export type MessageToWorker =
  | StartMessage
  /** Shut down as on this signal. */
  | { readonly kind: 'stop'; readonly signal: string }
  /** Hand over to other workers, and end when all connections have ended. */
  | { readonly kind: 'retire' }
  /** A requested permit to hash was granted. */
  | { readonly kind: 'permit_granted'; readonly id: number }
  /** Send metrics. */
  | { readonly kind: 'send_metrics' }

/** What a worker sends to the primary process. */
export type MessageToPrimary =
  /** Ready for `start`. Messages that arrive earlier would be lost. */
  | { readonly kind: 'loaded'; readonly version: string }
  | { readonly kind: 'listening'; readonly address: string }
  | { readonly kind: 'failed'; readonly failure: StartFailure }
  | { readonly kind: 'request_permit'; readonly id: number }
  | { readonly kind: 'return_permit'; readonly id: number }
  | { readonly kind: 'metrics'; readonly metrics: MetricsSnapshot }
