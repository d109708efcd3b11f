import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'

/** A span as a collector receives it. */
export interface ReceivedSpan {
  readonly name: string
  /** `SpanKind` of OTLP: 1 internal, 2 server, 3 client, 5 consumer. */
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string
  readonly attributes: Readonly<Record<string, unknown>>
  /** Attributes of the process. */
  readonly resource: Readonly<Record<string, unknown>>
  readonly hasFailed: boolean
  /** Message of the status. */
  readonly message: string
  readonly events: number
  /** Trace ids of the links. */
  readonly links: readonly string[]
}

/** A request of an exporter. */
export interface ReceivedExport {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** `SpanKind` of OTLP. */
export const SERVER = 2
/** The same of a call of another system. */
export const CLIENT = 3

/** A stand-in for an OpenTelemetry collector: OTLP over HTTP. */
export interface Collector {
  readonly url: string
  readonly exports: readonly ReceivedExport[]
  /** The response status; `hang`: no response at all. */
  answer: number | 'hang'
  /** The spans of every export in JSON. */
  spans(): readonly ReceivedSpan[]
  /** All received bytes. */
  text(): string
  close(): Promise<void>
}

/** Settings that export to a collector, soon and in JSON. */
export const exportsTo = ({ url }: Pick<Collector, 'url'>) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_EXPORTER_OTLP_TIMEOUT: '500',
  OTEL_BSP_SCHEDULE_DELAY: '50',
})

/** Starts a collector on loopback. */
export async function startCollector(port = 0): Promise<Collector> {
  const exports: ReceivedExport[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { url: path = '', headers } = request
      exports.push({ path, headers, body: Buffer.concat(chunks) })
      if (collector.answer === 'hang') return
      response.writeHead(collector.answer, { 'content-type': headers['content-type'] ?? '' }).end()
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const isJson = ({ headers }: ReceivedExport) => headers['content-type'] === 'application/json'
  const collector: Collector = {
    url: `http://127.0.0.1:${address.port}`,
    exports,
    answer: 200,
    spans: () => exports.filter(isJson).flatMap(({ body }) => parseSpans(body)),
    text: () => exports.map(({ body }) => body.toString('latin1')).join('\n'),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return collector
}

/** `AnyValue` of OTLP in JSON. */
interface Value {
  readonly stringValue?: string
  readonly intValue?: number | string
  readonly arrayValue?: { readonly values?: readonly Value[] }
}
type Attributes = readonly { readonly key: string; readonly value: Value }[]

/** The parts of `ExportTraceServiceRequest` that tests read. */
interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Attributes }
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string
        readonly kind: number
        readonly traceId: string
        readonly spanId: string
        readonly parentSpanId?: string
        readonly attributes?: Attributes
        readonly status?: { readonly code?: number; readonly message?: string }
        readonly events?: readonly unknown[]
        readonly links?: readonly { readonly traceId: string }[]
      }[]
    }[]
  }[]
}

/** `STATUS_CODE_ERROR`. */
const ERROR = 2

function parseSpans(body: Buffer): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(body.toString('utf8')) as ExportRequest
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ name, kind, traceId, spanId, parentSpanId = '', ...span }) => ({
        ...{ name, kind, traceId, spanId, parentSpanId },
        attributes: parseAttributes(span.attributes ?? []),
        resource: parseAttributes(resource.attributes),
        hasFailed: span.status?.code === ERROR,
        message: span.status?.message ?? '',
        events: span.events?.length ?? 0,
        links: span.links?.map((link) => link.traceId) ?? [],
      })),
    ),
  )
}

function parseAttributes(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, parseValue(value)]))
}

function parseValue({ stringValue, intValue, arrayValue }: Value): unknown {
  if (arrayValue) return arrayValue.values?.map(parseValue) ?? []
  return intValue === undefined ? stringValue : Number(intValue)
}

/** Spans by the names on the way to them, such as `POST /graphql > mutation > users.register`. */
export function listPaths(spans: readonly ReceivedSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]))
  const toPath = ({ name, parentSpanId }: ReceivedSpan): string => {
    const parent = byId.get(parentSpanId)
    return parent ? `${toPath(parent)} > ${name}` : name
  }
  return spans.map(toPath)
}
