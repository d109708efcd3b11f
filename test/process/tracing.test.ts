import { afterEach, beforeEach, expect, it } from 'vitest'
import { EXTREMES, describeOn, freshDatabase, freshStore } from '../support/backends.ts'
import {
  CLIENT,
  SERVER,
  exportsTo,
  listPaths,
  startCollector,
  type Collector,
  type ReceivedSpan,
} from '../support/servers/collector.ts'
import { gatewayProcesses, postTo, type GatewayProcess } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'
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

/** Requests for the same query; the responses to the later ones are cached. */
const ME_USES = 3

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

  async function startTraced(): Promise<GatewayProcess> {
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

  /** Registers by e-mail, verifies, signs in, refreshes, adds a phone and signs out. Returns the secrets. */
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
    for (let use = 0; use < ME_USES; use += 1)
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

  it('nest what each request asks for, continue at callers and webhooks, and hold no secret (SR-125)', async () => {
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
    const queries = collector
      .spans()
      .filter(({ attributes }) => attributes['graphql.operation.name'] === 'Me')
    expect(queries.map(({ name }) => name)).toEqual(Array.from({ length: ME_USES }, () => 'query'))
    const ids = collector.spans().map(({ spanId }) => spanId)
    expect(new Set(ids).size).toBe(ids.length)

    expect(secrets.size).toBe(8)
    const sought = [...secrets, EMAIL, PHONE, PHONE.slice(3), PASSWORD, 'canary']
    expect(sought.filter((secret) => collector.text().includes(secret))).toEqual([])
    const names = collector.spans().flatMap(({ attributes }) => Object.keys(attributes))
    expect([...new Set(names)].filter((name) => !ATTRIBUTES.has(name))).toEqual([])
    expect(collector.exports.every(({ headers }) => headers['x-api-key'] === HEADER_KEY)).toBe(true)
  })
})
