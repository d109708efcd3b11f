import type { Clock } from '../../ports/clock.ts'
import type { TraceHeaders } from '../../ports/tracing.ts'
import type { DevMailboxWriter } from '../dev-mailbox/dev-mailbox-writer.ts'

/** What transports are opened with, beside their settings. */
export interface TransportContext {
  readonly devMailbox: DevMailboxWriter
  readonly now: Clock
  /**
   * Headers that continue the current trace. Only the operator's own webhook gets them: a provider does not
   * need to know which of its requests belong together.
   */
  readonly traceHeaders: () => TraceHeaders | null
}
