import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from '../../src/config/load-config.ts'
import { hashClientSecret } from '../../src/core/client-secrets.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { SERVICE, basic, postForm, request } from '../support/token-endpoints.ts'

const URLS = ['/introspect', '/revoke'] as const
const NEXT_SECRET = 'v1uC3hG7sZ9pAfEiOjLqXtBrM2lJb6eD4nQ0xW8kT5y'
const entries = [
  `${SERVICE.id}:${hashClientSecret(SERVICE.secret)}`,
  `billing.v2_x-1:${hashClientSecret('another secret +&=%:')}`,
  `${SERVICE.id}:${hashClientSecret(NEXT_SECRET)}`,
]

describeOn(EXTREMES, 'the token endpoints', (backend) => {
  let gateway: TestGateway
  let token: string
  beforeAll(async () => {
    gateway = await startGateway(backend, { INTROSPECTION_CLIENTS: entries.join(', ') })
    token = (await gateway.signUp()).accessToken
  })
  afterAll(() => gateway.close())

  const ask = (form: Record<string, string> | string, headers: Record<string, string> = {}) =>
    postForm(gateway, '/introspect', form, headers)

  it('authenticate a client by Basic or by the form, with any of its secrets', async () => {
    const encoded = basic('billing.v2%5Fx-1', 'another+secret+%2B%26%3D%25%3A')
    const { authorization } = basic()
    for (const headers of [
      basic(),
      basic(SERVICE.id, NEXT_SECRET),
      encoded,
      { authorization: authorization.replace('Basic', 'bAsIc') },
    ])
      expect((await ask({ token }, headers)).text).toContain('"active":true')
    for (const client_secret of [SERVICE.secret, NEXT_SECRET])
      expect((await ask({ token, client_id: SERVICE.id, client_secret })).text).toContain('"active":true')
    expect((await ask({ token, client_id: SERVICE.id }, basic())).text).toContain('"active":true')
  })

  it('answer every other request with 401 invalid_client (SR-072)', async () => {
    const forms = [
      { client_id: SERVICE.id },
      { client_secret: SERVICE.secret },
      { client_id: SERVICE.id, client_secret: '' },
      { client_id: 'billing.v2_x-1', client_secret: SERVICE.secret },
      { client_id: SERVICE.id, client_secret: hashClientSecret(SERVICE.secret) },
      { client_id: SERVICE.id.toUpperCase(), client_secret: SERVICE.secret },
    ]
    const headers = [
      ...[{}, basic('unknown'), basic(SERVICE.id, ''), basic(SERVICE.id, `${SERVICE.secret} `)],
      ...[
        basic('', SERVICE.secret),
        basic('billing.v2_x-1'),
        basic('%zz'),
        { authorization: `Bearer ${token}` },
      ],
      ...['Basic', 'Basic ', 'Basic !', `Basic ${SERVICE.id}:${SERVICE.secret}`].map((authorization) => ({
        authorization,
      })),
    ]
    for (const url of URLS) {
      const answers = [
        ...(await Promise.all(forms.map((form) => postForm(gateway, url, { token, ...form }, {})))),
        ...(await Promise.all(headers.map((header) => postForm(gateway, url, { token }, header)))),
        await postForm(gateway, url, { token, client_id: 'unknown' }, basic()),
        await postForm(
          gateway,
          `${url}?client_id=${SERVICE.id}&client_secret=${SERVICE.secret}`,
          { token },
          {},
        ),
        await request(gateway, { method: 'POST', url }),
      ]
      for (const { status, text, headers: seen } of answers) {
        expect([status, text]).toEqual([401, '{"error":"invalid_client"}'])
        expect(seen['www-authenticate']).toBe('Basic realm="introspection"')
      }
    }
    expect((await gateway.sendText('{ me { id } }', {}, { token })).code).toBeUndefined()
  })

  it('reject two Authorization headers (SR-050)', async () => {
    const address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const { authorization } = basic()
    const form = ['Host', 'a', 'Connection', 'close', 'Content-Type', 'application/x-www-form-urlencoded']
    const headers = [...form, 'Authorization', authorization, 'Authorization', authorization]
    const sent = httpRequest(`${address}/introspect`, { method: 'POST', headers })
    sent.end(`token=${token}`)
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    answer.resume()
    expect(answer.statusCode).toBe(401)
  })

  it('require one token and one way of authentication: 400 invalid_request', async () => {
    for (const url of URLS) {
      for (const form of [
        '',
        'token=',
        'token_type_hint=access_token',
        `token=${token}&token=${token}`,
        `token=${token}&token_type_hint=a&token_type_hint=a`,
        `token=${token}&client_id=${SERVICE.id}&client_id=${SERVICE.id}`,
        `token=${token}&client_id=${SERVICE.id}&client_secret=${SERVICE.secret}`,
        `Token=${token}`,
      ]) {
        const { status, text } = await postForm(gateway, url, form)
        expect([form, status, text]).toEqual([form, 400, '{"error":"invalid_request"}'])
      }
      const { text } = await postForm(gateway, `${url}?token=${token}`, '')
      expect(text).toBe('{"error":"invalid_request"}')
    }
    expect((await gateway.sendText('{ me { id } }', {}, { token })).code).toBeUndefined()
  })

  it('accept posted forms only, and always answer JSON that must not be stored', async () => {
    const content = (type: string) => ({ ...basic(), 'content-type': type })
    for (const url of URLS) {
      const seen = [
        ...(await Promise.all(
          (['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const).map((method) =>
            request(gateway, { method, url: `${url}?token=${token}`, headers: basic() }),
          ),
        )),
        ...(await Promise.all(
          ['application/json', 'text/plain', 'multipart/form-data; boundary=x'].map((type) =>
            request(gateway, {
              method: 'POST',
              url,
              headers: content(type),
              payload: `{"token":"${token}"}`,
            }),
          ),
        )),
        await postForm(gateway, url, `token=${'a'.repeat(100_001)}`),
        await postForm(gateway, url, { token: 'x' }, {}),
        await postForm(gateway, url, {}),
        await postForm(gateway, url, { token: 'x' }),
      ]
      expect(seen.map(({ status }) => status)).toEqual([
        ...[405, 405, 405, 405, 405, 415, 415, 415, 413],
        ...[401, 400, 200],
      ])
      expect(seen.slice(0, 5).every(({ headers }) => headers.allow === 'POST')).toBe(true)
      for (const { headers } of seen) {
        expect(headers['cache-control']).toBe('no-store')
        expect(headers['content-type']).toMatch(/^application\/json/)
      }
    }
  })

  it('are the only ones that accept forms: /graphql rejects them', async () => {
    const form = new URLSearchParams({ query: '{ __typename }' }).toString()
    const type = 'application/x-www-form-urlencoded'
    for (const extra of [{}, { 'apollo-require-preflight': 'true' }]) {
      const headers = { 'content-type': type, ...extra }
      const { status } = await request(gateway, { method: 'POST', url: '/graphql', headers, payload: form })
      expect(status).toBe(415)
    }
  })

  it('do not exist without INTROSPECTION_CLIENTS', async () => {
    const closed = await startGateway(backend)
    for (const url of URLS) {
      for (const method of ['GET', 'POST'] as const) {
        const { status, text } = await request(closed, { method, url, headers: basic() })
        expect([status, text]).toEqual([404, expect.stringContaining('NOT_FOUND')])
      }
    }
    await closed.close()
  })
})

describe('INTROSPECTION_CLIENTS', () => {
  const load = (value: string) =>
    loadConfig({ variables: { INTROSPECTION_CLIENTS: value }, readFile: () => '' }).token.introspectionClients
  const hash = hashClientSecret('x')

  it('lists ids with hashes, where one id can have two', () => {
    expect(load('')).toEqual([])
    expect(load(`a:${hash}, A-1._:${hash},a:${hashClientSecret('y')}`)).toEqual([
      { id: 'a', secretHash: hash },
      { id: 'A-1._', secretHash: hash },
      { id: 'a', secretHash: hashClientSecret('y') },
    ])
  })

  it.each([
    'orders',
    `:${hash}`,
    `a b:${hash}`,
    `${'a'.repeat(65)}:${hash}`,
    `a:${hash}:${hash}`,
    `a:${hash}0`,
    `a:${hash},`,
    'a:a-secret-in-clear-text',
  ])('is rejected as %j, and the error does not repeat the value', (value) => {
    expect(() => load(value)).toThrow(ConfigError)
    expect(() => load(value)).toThrow(
      /^(?!.*(clear-text|[0-9a-f]{64})).*INTROSPECTION_CLIENTS: expected entries/s,
    )
  })
})
