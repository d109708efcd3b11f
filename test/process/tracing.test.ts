import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { EXTREMES, describeOn, freshDatabase, freshStore } from '../support/backends.ts'
import {
  gatewayProcesses,
  postTo,
  signUpAt,
  type GatewayProcess,
  type PostedResponse,
} from '../support/servers/gateway-process.ts'
import { listPaths, startCollector, type Collector, type ReceivedSpan } from '../support/servers/collector.ts'
import { eventually, freePort } from '../support/servers/processes.ts'
import { startProvider, type Provider } from '../support/servers/provider.ts'

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER_SPAN = '00f067aa0ba902b7'
const TRACEPARENT = { traceparent: `00-${TRACE_ID}-${CALLER_SPAN}-01` }

const EMAIL = 'canary.mailbox@example.com'
const PHONE = '+447400987654'
const PASSWORD = 'canary a quiet harbour at dawn'
const HEADER_KEY = 'canary-collector-key'
const WEBHOOK_SECRET = 'canary9$Kq2!mT5@wR8#yU1%iO4^pA7&'

/** Every attribute that a span can have. A new one is read here before it is exported. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['db.operation.name', 'db.system.name', 'error.type', 'gateway.error.codes'],
  ...['gateway.message.channel', 'gateway.message.result', 'gateway.message.transport'],
  ...['graphql.operation.name', 'graphql.operation.type', 'http.request.method'],
  ...['http.response.status_code', 'http.route', 'network.protocol.version', 'server.address'],
  ...['server.port', 'url.path', 'url.scheme'],
])

const exportsTo = ({ url }: Pick<Collector, 'url'>) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_EXPORTER_OTLP_TIMEOUT: '500',
  OTEL_BSP_SCHEDULE_DELAY: '50',
})

/** The entries of the log with an event. */
function entriesOf(gateway: GatewayProcess, event: string): Readonly<Record<string, unknown>>[] {
  const lines = gateway.output().split('\n')
  const entries = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  return entries.filter((entry) => entry['event'] === event)
}

describeOn(EXTREMES, 'the traces of a sign-in', (backend) => {
  const { folder, start } = gatewayProcesses()
  let collector: Collector
  let provider: Provider
  beforeEach(async () => {
    collector = await startCollector()
    provider = Object.assign(await startProvider(), { answer: () => 200 })
  })
  afterEach(async () => {
    await collector.close()
    await provider.close()
  })

  async function startTraced(settings: Record<string, string> = {}): Promise<GatewayProcess> {
    const home = folder()
    return start({
      DATA_DIR: home,
      DATABASE_URL: await freshDatabase(backend.database, home),
      ...(await freshStore(backend)),
      ...exportsTo(collector),
      OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${HEADER_KEY}`,
      MAIL_TRANSPORTS: 'webhook',
      SMS_TRANSPORTS: 'webhook',
      SMS_COUNTRIES: 'GB',
      MESSAGE_WEBHOOK_URL: `${provider.url}/canary-hook?key=canary-query`,
      MESSAGE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      OTP_EXPOSE_CODE: 'false',
      LOG_LEVEL: 'info',
      ...settings,
    })
  }

  /** The code of the latest message to an address. */
  function codeFor(address: string): Promise<string> {
    return eventually(async () => {
      const messages = provider.requests.map(
        ({ body }) => JSON.parse(body) as { readonly to: string; readonly text: string },
      )
      const texts = messages.filter(({ to }) => to === address).map(({ text }) => text)
      return /\b(\d{6})\b/.exec(texts.at(-1) ?? '')?.[1] ?? false
    })
  }

  /** Registers by e-mail, verifies, signs in again, refreshes, adds a phone and signs out. Returns secrets. */
  async function live({ address }: GatewayProcess): Promise<ReadonlySet<string>> {
    const secrets = new Set<string>()
    const collect = (value: unknown) => {
      const text = String(value)
      expect(text.length).toBeGreaterThan(5)
      secrets.add(text)
      return text
    }
    const ask = async (query: string, variables: object, headers: Record<string, string> = {}) => {
      const sent = { 'user-agent': 'canary-agent', ...headers }
      const { data, errors } = await postTo(address, query, variables, sent)
      expect(errors).toBeUndefined()
      return Object.values(data ?? {})[0] ?? {}
    }
    const tokens = 'accessToken refreshToken'
    const payload = `__typename ... on AuthPayload { ${tokens} }`

    const registered = await ask(
      'mutation Register($input: RegisterInput!) { register(input: $input) { challengeId } }',
      { input: { email: EMAIL, password: PASSWORD } },
      TRACEPARENT,
    )
    const code = collect(await codeFor(EMAIL))
    const challengeId = collect(registered['challengeId'])
    await ask(`mutation Verify($input: VerifyOtpInput!) { verifyOtp(input: $input) { ${payload} } }`, {
      input: { challengeId, code, purpose: 'VERIFY_EMAIL' },
    })
    // Secrets in the document itself.
    const signedIn = await ask(
      `mutation Login { login(input: { email: "${EMAIL}", password: "${PASSWORD}" }) { ${payload} } }`,
      {},
    )
    const refreshed = await ask(
      `mutation Refresh($token: String) { refresh(refreshToken: $token) { ${tokens} } }`,
      { token: collect(signedIn['refreshToken']) },
    )
    collect(signedIn['accessToken'])
    collect(refreshed['refreshToken'])
    const authorization = `Bearer ${collect(refreshed['accessToken'])}`
    await ask('query Me { me { id email } }', {}, { authorization })
    const added = await ask(
      'mutation Phone($input: RegisterPhoneInput!) { registerPhone(input: $input) { challengeId } }',
      { input: { phone: PHONE } },
      { authorization },
    )
    const verified = { challengeId: collect(added['challengeId']), code: collect(await codeFor(PHONE)) }
    await ask(
      `mutation VerifyPhone($input: VerifyOtpInput!) { verifyOtp(input: $input) { ${payload} } }`,
      { input: { ...verified, purpose: 'VERIFY_PHONE' } },
      { authorization },
    )
    await postTo(address, 'mutation Out { logout { messageKey } }', {}, { authorization })
    return secrets
  }

  const spansOf = (traceId: unknown) => collector.spans().filter((span) => span.traceId === traceId)

  /** The spans of the operation with a name, once its message, if it sends one, is delivered. */
  function traceOf(operation: string, last: string): Promise<readonly ReceivedSpan[]> {
    return eventually(async () => {
      const own = collector
        .spans()
        .find(({ attributes }) => attributes['graphql.operation.name'] === operation)
      const spans = spansOf(own?.traceId)
      return spans.some(({ name }) => name === last) && spans.some(({ kind }) => kind === SERVER) && spans
    })
  }

  it('nest what each request asks for, continue at callers and webhooks, and hold no secret', async () => {
    const gateway = await startTraced()
    const secrets = await live(gateway)
    const system = { store: backend.store === 'redis' ? 'redis' : backend.database, sql: backend.database }

    const register = await traceOf('Register', 'send EMAIL')
    const paths = listPaths(register)
    for (const path of [
      'POST /graphql',
      'POST /graphql > mutation',
      'POST /graphql > mutation > store.reserve',
      'POST /graphql > mutation > password.hash',
      'POST /graphql > mutation > users.register',
      'POST /graphql > mutation > outbox.add',
      'POST /graphql > mutation > deliver message',
      'POST /graphql > mutation > deliver message > send EMAIL',
    ])
      expect(paths).toContain(path)
    const find = (name: string) => register.find((span) => span.name === name)
    expect(find('POST /graphql')).toMatchObject({
      traceId: TRACE_ID,
      parentSpanId: CALLER_SPAN,
      kind: SERVER,
      hasFailed: false,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'url.path': '/graphql',
        'url.scheme': 'http',
        'http.response.status_code': 200,
      },
      resource: { 'service.name': 'graphql-auth-gateway' },
    })
    expect(find('mutation')?.attributes).toEqual({
      'graphql.operation.type': 'mutation',
      'graphql.operation.name': 'Register',
    })
    expect(find('store.reserve')).toMatchObject({
      kind: CLIENT,
      attributes: { 'db.system.name': system.store, 'db.operation.name': 'reserve' },
    })
    expect(find('users.register')).toMatchObject({
      kind: CLIENT,
      attributes: { 'db.system.name': system.sql, 'db.operation.name': 'users.register' },
    })
    expect(find('send EMAIL')).toMatchObject({
      kind: CLIENT,
      attributes: {
        'server.address': '127.0.0.1',
        'gateway.message.transport': 'webhook',
        'gateway.message.result': 'sent',
      },
    })
    const [webhook] = provider.requests
    expect(webhook?.headers['traceparent']).toBe(`00-${TRACE_ID}-${find('send EMAIL')?.spanId}-01`)

    for (const operation of ['Verify', 'Login', 'Refresh', 'Me', 'VerifyPhone', 'Out'])
      expect((await traceOf(operation, 'POST /graphql')).length, operation).toBeGreaterThan(2)
    expect(listPaths(await traceOf('Phone', 'send SMS'))).toContain(
      'POST /graphql > mutation > deliver message > send SMS',
    )
    const ids = collector.spans().map(({ spanId }) => spanId)
    expect(new Set(ids).size).toBe(ids.length)

    expect(secrets.size).toBe(8)
    const sought = [...secrets, EMAIL, PHONE, PHONE.slice(3), PASSWORD, 'canary']
    expect(sought.filter((secret) => collector.text().includes(secret))).toEqual([])
    const names = collector.spans().flatMap(({ attributes }) => Object.keys(attributes))
    expect([...new Set(names)].filter((name) => !ATTRIBUTES.has(name))).toEqual([])
    expect(collector.exports.every(({ headers }) => headers['x-api-key'] === HEADER_KEY)).toBe(true)
  })

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
    await eventually(async () => listPaths(spansOf(own)).includes('POST /graphql > query'))
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
})

/** `SpanKind` of OTLP. */
const SERVER = 2
const CLIENT = 3

describe('the traces of long connections', () => {
  const { folder, start } = gatewayProcesses()

  it('end when an event stream or a WebSocket is open, and have nothing that it does later', async () => {
    const collector = await startCollector()
    const gateway = await start({ DATA_DIR: folder(), ...exportsTo(collector) })
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
    await collector.close()
  })
})

describe('the collector of traces', () => {
  const { folder, start } = gatewayProcesses()
  const isServed = ({ data }: PostedResponse) => data?.['__typename'] !== undefined

  it('may be down: requests are served, and the log says it once until it is back', async () => {
    const port = await freePort()
    const gateway = await start({
      DATA_DIR: folder(),
      ...exportsTo({ url: `http://127.0.0.1:${port}` }),
      OTEL_BSP_MAX_QUEUE_SIZE: '16',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4',
    })
    const ask = () => postTo(gateway.address, '{ __typename }')
    expect((await Promise.all(Array.from({ length: 40 }, ask))).every(isServed)).toBe(true)
    await eventually(async () => entriesOf(gateway, 'tracing.export_failed').length > 0)
    expect((await Promise.all(Array.from({ length: 40 }, ask))).every(isServed)).toBe(true)
    const collector = await startCollector(port)
    await eventually(async () => {
      await ask()
      return entriesOf(gateway, 'tracing.export_recovered').length > 0
    })
    expect(entriesOf(gateway, 'tracing.export_failed')).toMatchObject([{ reason: 'ECONNREFUSED' }])
    expect(collector.spans().length).toBeGreaterThan(0)
    expect(await gateway.stop()).toBe(0)
    await collector.close()
  })

  it('may hang: requests are served, and the process still stops in order', async () => {
    const collector = Object.assign(await startCollector(), { answer: 'hang' as const })
    const gateway = await start({
      DATA_DIR: folder(),
      ...exportsTo(collector),
      OTEL_EXPORTER_OTLP_TIMEOUT: '600000',
    })
    await signUpAt(gateway)
    await eventually(async () => collector.exports.length > 0)
    const asked = Array.from({ length: 40 }, () => postTo(gateway.address, '{ __typename }'))
    expect((await Promise.all(asked)).every(isServed)).toBe(true)
    expect(await gateway.stop()).toBe(0)
    expect(entriesOf(gateway, 'server.stopped')).toHaveLength(1)
    await collector.close()
  })

  it('gets the last spans when the process stops', async () => {
    const collector = await startCollector()
    const settings = { ...exportsTo(collector), OTEL_BSP_SCHEDULE_DELAY: '600000' }
    const gateway = await start({ DATA_DIR: folder(), ...settings })
    await postTo(gateway.address, 'query Last { __typename }')
    expect(collector.exports).toEqual([])
    expect(await gateway.stop('SIGTERM')).toBe(0)
    expect(listPaths(collector.spans())).toContain('POST /graphql > query')
    await collector.close()
  })
})

describe('the SDK', () => {
  const { folder, start } = gatewayProcesses()

  /** The packages of OpenTelemetry that a gateway has loaded by its end. */
  async function findLoaded(settings: Record<string, string>): Promise<string[]> {
    const home = folder()
    const hook = join(home, 'loaded.mjs')
    writeFileSync(
      hook,
      `import Module from 'node:module'
       process.on('exit', () => process.stdout.write('\\nloaded ' + JSON.stringify(Object.keys(Module._cache)) + '\\n'))`,
    )
    const gateway = await start({ DATA_DIR: home, NODE_OPTIONS: `--import=${hook}`, ...settings })
    await signUpAt(gateway)
    expect(await gateway.stop()).toBe(0)
    const files = JSON.parse(/^loaded (.*)$/m.exec(gateway.output())?.[1] ?? '[]') as string[]
    expect(files.length).toBeGreaterThan(50)
    const names = files.map((file) => /node_modules\/@opentelemetry\/([^/]+)\//.exec(file)?.[1])
    return [...new Set(names.filter((name) => name !== undefined))].sort()
  }

  it('is loaded only where traces are exported', async () => {
    // prom-client loads the API.
    expect(await findLoaded({})).toEqual(['api'])
    expect(await findLoaded({ OTEL_SERVICE_NAME: 'auth', OTEL_TRACES_SAMPLER: 'always_on' })).toEqual(['api'])
    expect(
      await findLoaded({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' }),
    ).toEqual(['api'])
    expect(await findLoaded({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })).toEqual(
      expect.arrayContaining(['api', 'context-async-hooks', 'core', 'sdk-trace']),
    )
  })
})
