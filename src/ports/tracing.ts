/**
 * Attributes of a span, by the names of OpenTelemetry's semantic conventions where they have one. Values are
 * names, numbers and fixed words: never a secret, an address, a variable or any other text of a user.
 */
export type SpanAttributes = Readonly<Record<string, string | number | readonly string[]>>

/** What a span is about. */
export interface SpanFacts {
  /** One of few names: spans of one name are compared with each other. */
  readonly name: string
  /**
   * `server`: a request is handled. `client`: another system, or the database, is asked. `consumer`: work
   * that a request left is done later. `internal`: anything else.
   */
  readonly kind: 'server' | 'client' | 'consumer' | 'internal'
  readonly attributes: SpanAttributes
}

/** What becomes known of a span while its work is done. */
export interface SpanOutcome {
  /** Replaces the name. */
  readonly name?: string
  readonly attributes?: SpanAttributes
  /** The work failed: an error code, a status or the class of an error, never its message. */
  readonly failure?: string
}

/** A trace as header fields of W3C Trace Context: `traceparent` and, if present, `tracestate`. */
export type TraceHeaders = Readonly<Record<string, string>>

/** A span of a request. */
export interface RequestSpan {
  /** 32 hexadecimal digits; undefined where no spans are recorded. */
  readonly traceId: string | undefined
  /** Runs work with this span as the current one; it follows asynchronous work. */
  run<Result>(work: () => Result): Result
  describe(outcome: SpanOutcome): void
  /** Ends the span. Later work has no spans below it. */
  end(): void
}

/**
 * Traces of requests. Nothing here waits for the receiver of spans, and nothing fails because of it.
 *
 * Work belongs to the span that is current where it was started. Work that continues after its request, such
 * as a batch of writes, has no spans.
 */
export interface Tracing {
  /** Whether spans are recorded at all. Where they are not, no part is wrapped. */
  readonly enabled: boolean
  /**
   * Starts the span of a request with these headers. It continues the trace of `traceparent` if callers are
   * trusted; otherwise it starts a trace, which links to it.
   */
  startRequest(facts: SpanFacts, headers: TraceHeaders): RequestSpan
  /** Runs work in a span below the current one. Without a current span that is recorded, only the work. */
  run<Result>(facts: SpanFacts, work: () => Promise<Result>): Promise<Result>
  /**
   * Runs work that an earlier request left, in a span of the trace that `headers` returned there; null: in a
   * trace of its own.
   */
  resume<Result>(facts: SpanFacts, headers: TraceHeaders | null, work: () => Promise<Result>): Promise<Result>
  /** Adds to the current span. */
  describe(outcome: SpanOutcome): void
  /** The headers that continue the current trace elsewhere; null without one. */
  headers(): TraceHeaders | null
  /** Exports what is pending, for some seconds at most. Calling it twice is allowed. Never rejects. */
  close(): Promise<void>
}
