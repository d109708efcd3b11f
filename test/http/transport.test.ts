import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { loadConfig } from '../../src/config/load-config.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const HSTS = 'max-age=31536000; includeSubDomains'

describe('HTTPS behind a proxy', () => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.close()
  })

  async function start(trustProxy: string, extra: Record<string, string> = {}) {
    const gateway = await startGateway((BACKENDS as readonly [Backend])[0], {
      REQUIRE_HTTPS: 'true',
      TRUST_PROXY: trustProxy,
      CORS_ORIGINS: 'https://app.example.com',
      ...extra,
    })
    running.push(gateway)
    return gateway
  }

  async function ask(
    { app }: TestGateway,
    proto: string | undefined,
    url = '/graphql',
    method: 'POST' | 'GET' | 'OPTIONS' = 'POST',
    headers: Record<string, string> = {},
  ) {
    const response = await app.http.app.inject({
      method,
      url,
      headers: {
        ...(method === 'POST' && { 'content-type': 'application/json' }),
        ...(proto !== undefined && { 'x-forwarded-proto': proto }),
        ...headers,
      },
      ...(method === 'POST' && { payload: '{"query":"{ __typename }"}' }),
    })
    return { status: response.statusCode, headers: response.headers, body: response.body }
  }

  it('rejects plain HTTP on every path but health checks, in JSON and without a redirect (SR-104, SR-175)', async () => {
    const gateway = await start('1')
    const plain = await ask(gateway, 'http')
    expect([plain.status, JSON.parse(plain.body)]).toEqual([
      403,
      {
        errors: [
          {
            message: 'HTTPS is required.',
            extensions: { code: 'HTTPS_REQUIRED', messageKey: 'HTTPS_REQUIRED' },
          },
        ],
      },
    ])
    expect(plain.headers).toMatchObject({ connection: 'close', 'cache-control': 'no-store' })
    expect(plain.headers).not.toHaveProperty('location')
    expect(plain.headers).not.toHaveProperty('strict-transport-security')
    const preflight = { origin: 'https://app.example.com', 'access-control-request-method': 'POST' }
    expect((await ask(gateway, 'http', '/graphql', 'OPTIONS', preflight)).status).toBe(403)
    for (const url of ['/.well-known/jwks.json', '/nowhere', '/livez/x'])
      expect((await ask(gateway, undefined, url, 'GET')).status).toBe(403)
    for (const url of ['/livez', '/readyz', '/healthz']) {
      const health = await ask(gateway, undefined, url, 'GET')
      expect([health.status, health.headers['strict-transport-security']]).toEqual([200, undefined])
    }
  })

  it('trusts the entry of the outermost trusted proxy, and no entry of a client', async () => {
    const statuses = async (trustProxy: string, protos: readonly (string | undefined)[]) => {
      const gateway = await start(trustProxy)
      return Promise.all(protos.map(async (proto) => (await ask(gateway, proto)).status))
    }
    const one = [
      'https',
      'HTTPS',
      ' wss ',
      'http, https',
      undefined,
      'http',
      'https, http',
      'https,',
      'canary',
    ]
    expect(await statuses('1', one)).toEqual([200, 200, 200, 200, 403, 403, 403, 403, 403])
    const two = ['https, http', 'https', 'http, https, http', 'https, http, http', 'http, https']
    expect(await statuses('2', two)).toEqual([200, 200, 200, 403, 403])
    const secure = await ask(await start('1'), 'https')
    expect(secure.headers['strict-transport-security']).toBe(HSTS)
  })

  it('rejects plain WebSockets', async () => {
    const gateway = await start('1', { NODE_ENV: 'development' })
    const address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const outcome = async (headers: Record<string, string>) => {
      const socket = new WebSocket(`${address.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
        headers,
      })
      const status = await Promise.race([
        once(socket, 'open').then(() => 101),
        once(socket, 'unexpected-response').then(
          ([, response]: { statusCode: number }[]) => response?.statusCode,
        ),
      ])
      socket.on('error', () => undefined)
      socket.terminate()
      return status
    }
    expect(await outcome({})).toBe(403)
    expect(await outcome({ 'x-forwarded-proto': 'http' })).toBe(403)
    expect(await outcome({ 'x-forwarded-proto': 'https' })).toBe(101)
    expect(await outcome({ 'x-forwarded-proto': 'wss' })).toBe(101)
  })

  it('is required by default in production unless the server listens on loopback', () => {
    const required = (variables: Record<string, string>) =>
      loadConfig({ variables, readFile: () => '' }).transport.requireHttps
    const production = { NODE_ENV: 'production' }
    expect(required({})).toBe(false)
    expect(required({ HOST: '0.0.0.0' })).toBe(false)
    for (const HOST of ['127.0.0.1', 'localhost', '::1', '127.1.2.3'])
      expect(required({ ...production, HOST })).toBe(false)
    expect(required({ ...production, TRUST_PROXY: '1' })).toBe(true)
    expect(required({ ...production, HOST: '0.0.0.0', TRUST_PROXY: '1' })).toBe(true)
    expect(required({ ...production, HOST: '0.0.0.0', REQUIRE_HTTPS: 'off' })).toBe(false)
    for (const HOST of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com'])
      expect(() => required({ ...production, HOST })).toThrow('REQUIRE_HTTPS: requires')
    expect(() => required({ REQUIRE_HTTPS: 'on' })).toThrow('REQUIRE_HTTPS: requires')
    expect(() => required({ ...production, TRUST_PROXY: '1', PUBLIC_URL: 'http://a' })).toThrow(
      'PUBLIC_URL: must begin with https://',
    )
  })
})
