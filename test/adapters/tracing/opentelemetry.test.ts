import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openOtlpTracing } from '../../../src/adapters/tracing/otlp.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { AuthError } from '../../../src/core/errors.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import type { SpanFacts, Tracing } from '../../../src/ports/tracing.ts'
import { createRecordingLogger } from '../../support/recording-logger.ts'
import { listPaths, startCollector, type Collector } from '../../support/servers/collector.ts'
import { eventually } from '../../support/servers/processes.ts'

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER_SPAN = '00f067aa0ba902b7'
const SAMPLED = { traceparent: `00-${TRACE_ID}-${CALLER_SPAN}-01` }
const UNSAMPLED = { traceparent: `00-${TRACE_ID}-${CALLER_SPAN}-00` }

const facts = (name: string, kind: SpanFacts['kind'] = 'internal'): SpanFacts => ({
  name,
  kind,
  attributes: {},
})

describe('traces', () => {
  let collector: Collector
  let log: ReturnType<typeof createRecordingLogger>
  const opened: Tracing[] = []
  beforeEach(async () => {
    collector = await startCollector()
    log = createRecordingLogger()
  })
  afterEach(async () => {
    for (const tracing of opened.splice(0)) await tracing.close()
    await collector.close()
  })

  /** Traces that are exported when they are closed, or before by `settings`. */
  function open(settings: Readonly<Record<string, string>> = {}): Tracing {
    const variables = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
      OTEL_BSP_SCHEDULE_DELAY: '600000',
      ...settings,
    }
    const config = loadConfig({ variables, readFile: () => '' }).tracing
    if (!config) throw new Error('traces are off')
    const tracing = openOtlpTracing(config, { log, random: systemRandom })
    opened.push(tracing)
    return tracing
  }

  /** A request that does some work. */
  async function handle(
    tracing: Tracing,
    work: () => Promise<unknown> = async () => undefined,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string | undefined> {
    const span = tracing.startRequest(facts('GET', 'server'), headers)
    await span.run(() => tracing.run(facts('work'), work)).catch(() => undefined)
    span.end()
    return span.traceId
  }

  it('nest the spans of work below those that it was started in', async () => {
    const tracing = open()
    const wait = (name: string) => tracing.run(facts(name), () => sleep(1))
    await Promise.all([
      handle(tracing, async () => {
        await wait('first')
        await Promise.all([wait('second'), wait('third')])
      }),
      handle(tracing, () => wait('other')),
    ])
    await tracing.close()
    expect(listPaths(collector.spans()).sort()).toEqual([
      ...['GET', 'GET'],
      ...['GET > work', 'GET > work'],
      ...['GET > work > first', 'GET > work > other', 'GET > work > second', 'GET > work > third'],
    ])
    const ids = collector.spans().map(({ traceId }) => traceId)
    expect(new Set(ids).size).toBe(2)
  })

  it('have no span of work outside of a request, nor of work that continues after it', async () => {
    const tracing = open()
    let late: Promise<unknown> = Promise.resolve()
    expect(await tracing.run(facts('background'), async () => tracing.headers())).toBeNull()
    await handle(tracing, async () => {
      late = sleep(20).then(() => tracing.run(facts('late'), async () => 'done'))
    })
    expect(await late).toBe('done')
    await tracing.close()
    expect(collector.spans().map(({ name }) => name)).toEqual(['work', 'GET'])
  })

  it('continue the trace of the caller, with its sampled flag', async () => {
    const tracing = open()
    const sent: unknown[] = []
    const read = async () => void sent.push(tracing.headers())
    expect(await handle(tracing, read, { ...SAMPLED, tracestate: 'vendor=1' })).toBe(TRACE_ID)
    expect(await handle(tracing, read, UNSAMPLED)).toBe(TRACE_ID)
    await tracing.close()
    const [work, request, ...others] = collector.spans()
    expect(others).toEqual([])
    expect(request).toMatchObject({ name: 'GET', traceId: TRACE_ID, parentSpanId: CALLER_SPAN, kind: 2 })
    expect(work).toMatchObject({ name: 'work', traceId: TRACE_ID, parentSpanId: request?.spanId, kind: 1 })
    expect(sent).toEqual([
      { traceparent: `00-${TRACE_ID}-${work?.spanId}-01`, tracestate: 'vendor=1' },
      { traceparent: expect.stringMatching(`^00-${TRACE_ID}-(?!${CALLER_SPAN})[0-9a-f]{16}-00$`) },
    ])
  })

  it('start at a caller that is not trusted, and link to its trace', async () => {
    const tracing = open({ TRUST_TRACEPARENT: 'off' })
    const own = await handle(tracing, undefined, UNSAMPLED)
    await tracing.close()
    const request = collector.spans().find(({ name }) => name === 'GET')
    expect(own).not.toBe(TRACE_ID)
    expect(request).toMatchObject({ traceId: own, parentSpanId: '', links: [TRACE_ID] })
  })

  it.each([
    `00-${'0'.repeat(32)}-${CALLER_SPAN}-01`,
    `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
    `ff-${TRACE_ID}-${CALLER_SPAN}-01`,
    `00-${TRACE_ID}-${CALLER_SPAN}`,
    `${SAMPLED.traceparent}, ${SAMPLED.traceparent}`,
    'not a trace',
  ])('start where the header is invalid: %s', async (traceparent) => {
    const tracing = open()
    const own = await handle(tracing, undefined, { traceparent })
    expect(own).toMatch(/^[0-9a-f]{32}$/)
    expect(own).not.toBe(TRACE_ID)
  })

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, SAMPLED, 0],
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, UNSAMPLED, 2],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, {}, 0],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, SAMPLED, 2],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, SAMPLED, 0],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, {}, 0],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, SAMPLED, 2],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '1' }, {}, 2],
  ])('are recorded as the sampler says: %j with %j', async (settings, headers, spans) => {
    const tracing = open(settings)
    await handle(tracing, undefined, headers)
    await tracing.close()
    expect(collector.spans()).toHaveLength(spans)
  })

  it('say of a failure what kind it was, never its message', async () => {
    const tracing = open()
    const failures: readonly Error[] = [
      new AuthError('SERVICE_UNAVAILABLE', {}, new Error('canary')),
      Object.assign(new Error('canary'), { code: 'P2010' }),
      new TypeError('canary'),
    ]
    for (const failure of failures) await handle(tracing, () => Promise.reject(failure))
    await tracing.close()
    const spans = collector.spans().filter(({ name }) => name === 'work')
    expect(spans.map(({ attributes }) => attributes['error.type'])).toEqual([
      ...['SERVICE_UNAVAILABLE', 'P2010', 'TypeError'],
    ])
    expect(spans.every(({ hasFailed, message, events }) => hasFailed && message === '' && events === 0)).toBe(
      true,
    )
    expect(collector.text()).not.toContain('canary')
  })

  it('continue in work that a request left', async () => {
    const tracing = open()
    let left: ReturnType<Tracing['headers']> = null
    await handle(tracing, async () => void (left = tracing.headers()), SAMPLED)
    await tracing.resume(facts('later', 'consumer'), left, () =>
      tracing.run(facts('send', 'client'), async () => undefined),
    )
    await tracing.resume(facts('unknown', 'consumer'), null, async () => undefined)
    await tracing.close()
    expect(listPaths(collector.spans())).toContain('GET > work > later > send')
    const unknown = collector.spans().find(({ name }) => name === 'unknown')
    expect(unknown?.parentSpanId).toBe('')
    expect(unknown?.traceId).not.toBe(TRACE_ID)
  })

  it('name the service and carry the headers of the settings', async () => {
    const tracing = open({
      OTEL_SERVICE_NAME: 'auth',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=a%20key',
    })
    await handle(tracing)
    await tracing.close()
    expect(collector.exports[0]).toMatchObject({ path: '/v1/traces', headers: { 'x-api-key': 'a key' } })
    expect(collector.spans()[0]?.resource).toMatchObject({
      'service.name': 'auth',
      'service.instance.id': expect.stringMatching(/^.{20,}$/),
      'deployment.environment.name': 'test',
      'telemetry.sdk.language': 'nodejs',
    })
  })

  it('are sent as Protocol Buffers unless the settings say otherwise', async () => {
    const tracing = open({ OTEL_EXPORTER_OTLP_PROTOCOL: '' })
    await handle(tracing)
    await tracing.close()
    expect(collector.exports[0]?.headers['content-type']).toBe('application/x-protobuf')
    expect(collector.text()).toContain('graphql-auth-gateway')
  })

  it('report a collector that fails once, without its response, and once that it works again', async () => {
    const tracing = open({ OTEL_BSP_SCHEDULE_DELAY: '1' })
    const events = () => log.entries.map(({ event }) => event)
    collector.answer = 401
    for (const attempt of [1, 2, 3]) {
      await handle(tracing)
      await eventually(async () => collector.exports.length >= attempt)
    }
    await eventually(async () => events().includes('tracing.export_failed'))
    collector.answer = 200
    await eventually(async () => {
      await handle(tracing)
      return events().includes('tracing.export_recovered')
    })
    expect(events()).toEqual(['tracing.started', 'tracing.export_failed', 'tracing.export_recovered'])
    expect(log.entries[1]?.facts).toEqual({
      event: 'tracing.export_failed',
      collector: new URL(collector.url).host,
      reason: '401',
    })
  })

  it('end although the collector does not respond', async () => {
    const tracing = open({ OTEL_EXPORTER_OTLP_TIMEOUT: '600000', OTEL_BSP_EXPORT_TIMEOUT: '600000' })
    collector.answer = 'hang'
    await handle(tracing)
    await Promise.all([tracing.close(), tracing.close()])
    expect(log.entries.map(({ event, facts: { reason } }) => [event, reason])).toEqual([
      ['tracing.started', undefined],
      ['tracing.export_failed', 'no response within 3000 ms'],
    ])
  })
})
