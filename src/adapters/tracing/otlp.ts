import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
  type SpanExporter,
} from '@opentelemetry/sdk-trace'
import type { TracingConfig } from '../../config/groups/tracing.ts'
import { SECOND_MS } from '../../core/duration.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Tracing } from '../../ports/tracing.ts'
import { withDeadline } from '../resilience/deadline.ts'
import { reportExports, type ExportReport } from './export-report.ts'
import { createTracing } from './opentelemetry.ts'

/** Longest time that a shutdown waits for the collector, in milliseconds. */
const FLUSH_TIMEOUT_MS = 3 * SECOND_MS

/**
 * Traces that OpenTelemetry's SDK exports to a collector. Spans are exported in batches beside the requests,
 * and dropped where the queue is full. The SDK of the line 2: that of line 3 needs Node.js 22.
 *
 * This file loads the SDK: import it only where traces are exported.
 */
export function openOtlpTracing(
  config: TracingConfig,
  { log, random }: { readonly log: Logger; readonly random: Random },
): Tracing {
  const { url, protocol, sampler, resource, batch } = config
  const report = reportExports(log, new URL(url).host)
  const provider = new TracerProvider({
    // The attributes of the SDK. Not those of the process: its arguments can hold secrets.
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.instance.id': newId(random), ...resource }),
    ),
    sampler: createSampler(config),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: report.wrap(createExporter(config)),
        scheduledDelayMillis: batch.delayMs,
        exportTimeoutMillis: batch.exportTimeoutMs,
        maxQueueSize: batch.maxQueued,
        maxExportBatchSize: batch.maxSpans,
      }),
    ],
  })
  log.info({ event: 'tracing.started', collector: report.collector, protocol, sampler }, 'exporting traces')
  let closing: Promise<void> | undefined
  return createTracing(provider, {
    continuesCallers: config.continuesCallers,
    close: () => (closing ??= shutDown(provider, report)),
  })
}

async function shutDown(provider: TracerProvider, report: ExportReport): Promise<void> {
  try {
    await withDeadline(() => provider.shutdown(), FLUSH_TIMEOUT_MS)
  } catch (error) {
    report.failed(error)
  }
}

function createExporter({ url, protocol, headers, timeoutMs }: TracingConfig): SpanExporter {
  const options = { url, headers: { ...headers }, timeoutMillis: timeoutMs }
  return protocol === 'http/json' ? new JsonExporter(options) : new ProtobufExporter(options)
}

function createSampler({ sampler, sampledShare }: TracingConfig): Sampler {
  const [, parentBased, kind] = /^(parentbased_)?(.*)$/.exec(sampler) ?? []
  const root = createRootSampler(kind, sampledShare)
  return parentBased === undefined ? root : new ParentBasedSampler({ root })
}

function createRootSampler(kind: string | undefined, share: number): Sampler {
  if (kind === 'always_off') return new AlwaysOffSampler()
  return kind === 'traceidratio' ? new TraceIdRatioBasedSampler(share) : new AlwaysOnSampler()
}
