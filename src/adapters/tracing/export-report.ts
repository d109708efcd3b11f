import { ExportResultCode } from '@opentelemetry/core'
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import type { Logger } from '../../ports/logger.ts'

/** Tells the log whether a collector accepts spans. */
export interface ExportReport {
  /** Host and port. */
  readonly collector: string
  /** The same exporter, whose results are reported. */
  wrap(exporter: SpanExporter): SpanExporter
  /** Reports a failure outside of an export, such as a shutdown that takes too long. */
  failed(error: unknown): void
}

/**
 * Logs the first of the failures in a row, and the first success after them: a collector that is down must
 * not fill the log. An error with a code can quote a response in its message, so that only the code is
 * logged.
 */
export function reportExports(log: Logger, collector: string): ExportReport {
  let hasFailed = false

  function failed(error: unknown): void {
    if (hasFailed) return
    hasFailed = true
    const facts = { event: 'tracing.export_failed', collector, reason: toReason(error) }
    log.warn(facts, 'traces cannot be exported')
  }

  function succeeded(): void {
    if (hasFailed) log.info({ event: 'tracing.export_recovered', collector }, 'traces are exported again')
    hasFailed = false
  }

  return {
    collector,
    failed,
    wrap: (exporter) => ({
      export: (spans, done) =>
        exporter.export(spans, (result) => {
          if (result.code === ExportResultCode.SUCCESS) succeeded()
          else failed(result.error)
          done(result)
        }),
      forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
      shutdown: () => exporter.shutdown(),
    }),
  }
}

/** A code of the socket, an HTTP status, or the fixed text of a library, such as that of a timeout. */
function toReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const code: unknown = 'code' in error ? error.code : undefined
  return typeof code === 'string' || typeof code === 'number' ? String(code) : error.message
}
