import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { SERVER, exportsTo, listPaths, startCollector, type Collector } from '../support/servers/collector.ts'
import { entriesOf, gatewayProcesses, postTo, signUpAt } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER_SPAN = '00f067aa0ba902b7'
const TRACEPARENT = { traceparent: `00-${TRACE_ID}-${CALLER_SPAN}-01` }

describe('the traces of requests', () => {
  const { folder, start } = gatewayProcesses()
  let collector: Collector
  beforeEach(async () => void (collector = await startCollector()))
  afterEach(() => collector.close())

  const startTraced = (settings: Record<string, string> = {}) =>
    start({ DATA_DIR: folder(), ...exportsTo(collector), ...settings })

  it('have the id that the log lines of the request have (SR-192)', async () => {
    const gateway = await startTraced()
    const ask = (id: string, headers: Record<string, string> = {}) =>
      postTo(gateway.address, 'query Own { __typename }', {}, { 'x-request-id': id, ...headers })
    await ask('request-1', TRACEPARENT)
    await ask('request-2')
    const traceIdOf = (requestId: string) =>
      eventually(async () => {
        const lines = entriesOf(gateway, 'http.request_completed')
        return lines.find((line) => line['requestId'] === requestId)?.['traceId'] as string | undefined
      })
    expect(await traceIdOf('request-1')).toBe(TRACE_ID)
    const own = await traceIdOf('request-2')
    expect(own).not.toBe(TRACE_ID)
    await eventually(async () =>
      listPaths(collector.spans().filter(({ traceId }) => traceId === own)).includes('POST /graphql > query'),
    )
  })

  it('tell a failure from a refusal, and leave out paths and queries of clients', async () => {
    const gateway = await startTraced({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' })
    const send = (query: string) => postTo(gateway.address, query, {}, TRACEPARENT)
    await send('mutation Wrong { login(input: { email: "a@b.example", password: "canary" }) { __typename } }')
    await send('{ canaryField }')
    for (const path of ['/verify-email?token=canary', '/canary-path', '/livez'])
      await fetch(`${gateway.address}${path}`, { headers: TRACEPARENT })
    // Without a sampled caller nothing is recorded.
    await fetch(`${gateway.address}/verify-email`)
    expect(await gateway.stop()).toBe(0)
    const spans = collector.spans()
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]))
    const roots = spans.filter(({ kind }) => kind === SERVER)
    expect(roots.map(({ name }) => name)).toEqual([
      ...['POST /graphql', 'POST /graphql', 'GET /verify-email', 'GET'],
    ])
    expect(roots.at(-1)?.attributes).not.toHaveProperty('url.path')
    expect(roots.at(-1)?.attributes).toMatchObject({ 'http.response.status_code': 404 })
    const refused = spans.find(({ attributes }) => attributes['graphql.operation.name'] === 'Wrong')
    expect(refused).toMatchObject({
      hasFailed: false,
      attributes: { 'gateway.error.codes': ['INVALID_CREDENTIALS'] },
    })
    expect(spans.filter(({ hasFailed }) => hasFailed)).toEqual([])
    expect(spans.some(({ name }) => name === 'GraphQL Operation')).toBe(true)
    expect(collector.text()).not.toContain('canary')
  })

  it('end when an event stream or a WebSocket is open, and have nothing that it does later', async () => {
    const gateway = await startTraced()
    const authorization = `Bearer ${await signUpAt(gateway)}`
    const stream = await fetch(`${gateway.address}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization,
        ...TRACEPARENT,
      },
      body: JSON.stringify({ query: 'subscription Watch { sessionEvents { kind } }' }),
    })
    expect(stream.status).toBe(200)
    await eventually(async () => {
      const spans = collector.spans().filter(({ traceId }) => traceId === TRACE_ID)
      return listPaths(spans).includes('POST /graphql > subscription')
    })
    const socket = new WebSocket(`${gateway.address.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: TRACEPARENT,
    })
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } })),
    )
    await eventually(async () => {
      const opened = collector.spans().find(({ name }) => name === 'WebSocket connection_init')
      return opened?.traceId === TRACE_ID && opened.parentSpanId === CALLER_SPAN && opened.kind === SERVER
    })
    expect(listPaths(collector.spans())).toContain('WebSocket connection_init > store.get')
    const before = collector.spans().length
    await postTo(gateway.address, 'mutation Out { logout { messageKey } }', {}, { authorization })
    const events = await stream.text()
    expect(events).toContain('ENDED')
    await gateway.stop()
    const later = collector.spans().slice(before)
    expect(later.filter(({ traceId }) => traceId === TRACE_ID)).toEqual([])
  })
})
