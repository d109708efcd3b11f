import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  context,
  createContextKey,
  defaultTextMapGetter,
  defaultTextMapSetter,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanOptions,
  type TracerProvider,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { RequestSpan, SpanFacts, SpanOutcome, TraceHeaders, Tracing } from '../../ports/tracing.ts'
import { toErrorReason } from '../messages/transport-error.ts'

/** Options of traces. */
export interface TracingOptions {
  /** Whether the trace of a request continues that of its `traceparent`. */
  readonly continuesCallers: boolean
  /** Exports what is pending. Default: nothing, the owner of the provider does. */
  readonly close?: () => Promise<void>
}

/** Name of the instrumentation scope of every span. */
const SCOPE = 'graphql-auth-gateway'
const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const satisfies Record<SpanFacts['kind'], SpanKind>

/**
 * Traces by the OpenTelemetry API. `provider` is that of an SDK: of this process or of the program that
 * embeds the gateway. The current span is in the context of the API, where libraries with an instrumentation
 * of their own find it.
 */
export function createTracing(provider: TracerProvider, options: TracingOptions): Tracing {
  requireContextManager()
  const tracer = provider.getTracer(SCOPE)
  const propagator = new W3CTraceContextPropagator()
  const read = (headers: TraceHeaders) => propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter)
  const start = (facts: SpanFacts, parent: Context, more: SpanOptions = {}) =>
    tracer.startSpan(facts.name, { ...more, ...toOptions(facts) }, parent)

  return {
    enabled: true,
    startRequest(facts, headers) {
      const caller = read(headers)
      if (options.continuesCallers) return toRequestSpan(start(facts, caller))
      const sent = trace.getSpanContext(caller)
      return toRequestSpan(start(facts, ROOT_CONTEXT, { links: sent ? [{ context: sent }] : [] }))
    },
    run(facts, work) {
      const current = context.active()
      if (!trace.getSpan(current)?.isRecording()) return work()
      return runIn(start(facts, current), current, work)
    },
    resume: (facts, headers, work) => runIn(start(facts, read(headers ?? {})), ROOT_CONTEXT, work),
    describe(outcome) {
      const span = trace.getActiveSpan()
      if (span) describeSpan(span, outcome)
    },
    headers() {
      const carrier: Record<string, string> = {}
      propagator.inject(context.active(), carrier, defaultTextMapSetter)
      return Object.keys(carrier).length > 0 ? carrier : null
    },
    close: options.close ?? (async () => undefined),
  }
}

/**
 * The API has no context without a manager, which is one for the whole process. An embedding program may have
 * registered its own.
 */
function requireContextManager(): void {
  const probe = createContextKey('probe')
  const isFollowed = context.with(
    ROOT_CONTEXT.setValue(probe, true),
    () => context.active().getValue(probe) === true,
  )
  if (!isFollowed) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
}

function toOptions({ kind, attributes }: SpanFacts): SpanOptions {
  return { kind: KINDS[kind], attributes: toAttributes(attributes) }
}

function toAttributes(attributes: SpanFacts['attributes']): Attributes {
  // The type of the API has mutable arrays; values are not changed.
  return attributes as Attributes
}

function toRequestSpan(span: Span): RequestSpan {
  return {
    traceId: span.spanContext().traceId,
    run: (work) => context.with(trace.setSpan(ROOT_CONTEXT, span), work),
    describe: (outcome) => describeSpan(span, outcome),
    end: () => span.end(),
  }
}

async function runIn<Result>(span: Span, parent: Context, work: () => Promise<Result>): Promise<Result> {
  try {
    return await context.with(trace.setSpan(parent, span), work)
  } catch (error) {
    describeSpan(span, { failure: toErrorReason(error) })
    throw error
  } finally {
    span.end()
  }
}

function describeSpan(span: Span, { name, attributes, failure }: SpanOutcome): void {
  if (name !== undefined) span.updateName(name)
  if (attributes) span.setAttributes(toAttributes(attributes))
  if (failure === undefined) return
  span.setAttribute('error.type', failure)
  span.setStatus({ code: SpanStatusCode.ERROR })
}
