import { z } from 'zod'
import { keyValuePairs } from '../key-value-pairs.ts'
import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { nonEmptyText, onOff, webUrl, wholeNumber } from '../setting-types.ts'

/** Longest of the durations below, in milliseconds. */
const MAX_MS = 600_000
/** Where a collector on the same machine listens for OTLP over HTTP. */
const LOCAL_COLLECTOR = 'http://localhost:4318'
const DEFAULT_SERVICE = 'graphql-auth-gateway'

const baseUrl = webUrl
  .refine((value) => !value.includes('?'), 'an http:// or https:// URL without a query')
  .describe('an http:// or https:// URL without a query')
const protocol = z.enum(['http/protobuf', 'http/json'])
const PAIRS = '`name=value` pairs separated by commas, with percent-encoded values'
const headers = keyValuePairs(PAIRS, { isHeader: true })

// Names, values and defaults are those of the OpenTelemetry specification, "Environment Variable
// Specification" and "OTLP Exporter Configuration".
const settings = {
  OTEL_SDK_DISABLED: { type: onOff.default(false), doc: '`on` turns [traces](tracing.md) off.' },
  OTEL_TRACES_EXPORTER: {
    type: z.enum(['otlp', 'none']).optional(),
    doc: 'Exporter of traces.',
    fallback: '`otlp` if an endpoint is set, else `none`',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    type: baseUrl.optional(),
    doc: 'URL of the OpenTelemetry collector. Traces are posted to `/v1/traces` below it.',
    fallback: `no traces; \`${LOCAL_COLLECTOR}\` with \`OTEL_TRACES_EXPORTER=otlp\``,
  },
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: {
    type: webUrl.optional(),
    doc: 'URL that traces are posted to, instead of the one that `OTEL_EXPORTER_OTLP_ENDPOINT` gives.',
  },
  OTEL_EXPORTER_OTLP_PROTOCOL: {
    type: protocol.default('http/protobuf'),
    doc: 'Encoding of exported traces.',
  },
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: {
    type: protocol.optional(),
    doc: 'The same, where it differs from that of other signals.',
    fallback: '`OTEL_EXPORTER_OTLP_PROTOCOL`',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    type: headers.optional(),
    secret: true,
    doc: 'Headers of requests to the collector, such as its API key.',
  },
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: {
    type: headers.optional(),
    secret: true,
    doc: 'Further headers of requests with traces; they take precedence.',
  },
  OTEL_EXPORTER_OTLP_TIMEOUT: {
    type: wholeNumber(1, MAX_MS).default(10_000),
    unit: 'ms',
    doc: 'Maximum time of one export, with its retries.',
  },
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: {
    type: wholeNumber(1, MAX_MS).optional(),
    unit: 'ms',
    doc: 'The same, where it differs from that of other signals.',
    fallback: '`OTEL_EXPORTER_OTLP_TIMEOUT`',
  },
  OTEL_SERVICE_NAME: {
    type: nonEmptyText('text').optional(),
    doc: 'Name of the service in traces (`service.name`).',
    fallback: `\`service.name\` of \`OTEL_RESOURCE_ATTRIBUTES\`, else \`${DEFAULT_SERVICE}\``,
  },
  OTEL_RESOURCE_ATTRIBUTES: {
    type: keyValuePairs(PAIRS, { isHeader: false }).optional(),
    doc: 'Attributes of the process in traces, such as `deployment.environment.name=production`.',
  },
  OTEL_TRACES_SAMPLER: {
    type: z
      .enum([
        ...(['always_on', 'always_off', 'traceidratio'] as const),
        ...(['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const),
      ])
      .default('parentbased_always_on'),
    doc: 'Which traces are recorded. `parentbased_…`: a trace that `traceparent` continues is recorded if its sampled flag is set; the rest of the name decides about other traces.',
  },
  OTEL_TRACES_SAMPLER_ARG: {
    type: z
      .string()
      .regex(/^(0|1|0?\.\d+|1\.0+)$/, 'a number from 0 to 1')
      .transform(Number)
      .describe('0 to 1')
      .optional(),
    doc: 'Share of traces that `traceidratio` records.',
    fallback: '`1`',
  },
  OTEL_BSP_SCHEDULE_DELAY: {
    type: wholeNumber(1, MAX_MS).default(5000),
    unit: 'ms',
    doc: 'Longest time that a span waits for others to be exported with.',
  },
  OTEL_BSP_EXPORT_TIMEOUT: {
    type: wholeNumber(1, MAX_MS).default(30_000),
    unit: 'ms',
    doc: 'Maximum time that one export delays the next one.',
  },
  OTEL_BSP_MAX_QUEUE_SIZE: {
    type: wholeNumber(1, 1_000_000).default(2048),
    doc: 'Maximum number of spans in memory that wait for the collector. Further ones are dropped.',
  },
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: {
    type: wholeNumber(1, 1_000_000).default(512),
    doc: 'Maximum number of spans in one export.',
  },
  TRUST_TRACEPARENT: {
    type: onOff.default(true),
    doc: 'Whether traces continue those of `traceparent`. `off`: each request starts a trace of its own, which links to that of the header. Use `off` where clients that are not yours send the header: its sampled flag could record every request.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type TracingValues = ValuesOf<typeof settings>

/** Where traces are exported to, and which. */
export interface TracingConfig {
  /** URL that OTLP requests are posted to. */
  readonly url: string
  readonly protocol: z.output<typeof protocol>
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  /** Attributes of the process, with `service.name`. */
  readonly resource: Readonly<Record<string, string>>
  readonly sampler: TracingValues['OTEL_TRACES_SAMPLER']
  /** 0 to 1. */
  readonly sampledShare: number
  readonly batch: {
    readonly delayMs: number
    readonly exportTimeoutMs: number
    readonly maxQueued: number
    readonly maxSpans: number
  }
  /** Whether the trace of a request continues that of its `traceparent`. */
  readonly continuesCallers: boolean
}

/** Settings of traces. */
export const tracingGroup = {
  title: 'Traces',
  settings,
  toConfig: (values: TracingValues): TracingConfig | null => (isOn(values) ? toTracing(values) : null),
  crossChecks: (values: TracingValues) => [
    [
      values.OTEL_BSP_MAX_EXPORT_BATCH_SIZE > values.OTEL_BSP_MAX_QUEUE_SIZE,
      'OTEL_BSP_MAX_EXPORT_BATCH_SIZE: must not be greater than OTEL_BSP_MAX_QUEUE_SIZE',
    ],
  ],
} satisfies SettingGroup<TracingValues, TracingConfig | null>

function isOn(values: TracingValues): boolean {
  const endpoint = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? values.OTEL_EXPORTER_OTLP_ENDPOINT
  const exporter = values.OTEL_TRACES_EXPORTER ?? (endpoint === undefined ? 'none' : 'otlp')
  return exporter === 'otlp' && !values.OTEL_SDK_DISABLED
}

function toTracing(values: TracingValues): TracingConfig {
  const base = values.OTEL_EXPORTER_OTLP_ENDPOINT ?? LOCAL_COLLECTOR
  const { OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: service } = values
  return {
    url: values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? `${base.replace(/\/+$/, '')}/v1/traces`,
    protocol: values.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? values.OTEL_EXPORTER_OTLP_PROTOCOL,
    headers: { ...values.OTEL_EXPORTER_OTLP_HEADERS, ...values.OTEL_EXPORTER_OTLP_TRACES_HEADERS },
    timeoutMs: values.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? values.OTEL_EXPORTER_OTLP_TIMEOUT,
    resource: {
      'service.name': DEFAULT_SERVICE,
      ...attributes,
      ...(service !== undefined && { 'service.name': service }),
    },
    sampler: values.OTEL_TRACES_SAMPLER,
    sampledShare: values.OTEL_TRACES_SAMPLER_ARG ?? 1,
    batch: {
      delayMs: values.OTEL_BSP_SCHEDULE_DELAY,
      exportTimeoutMs: values.OTEL_BSP_EXPORT_TIMEOUT,
      maxQueued: values.OTEL_BSP_MAX_QUEUE_SIZE,
      maxSpans: values.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
    },
    continuesCallers: values.TRUST_TRACEPARENT,
  }
}
