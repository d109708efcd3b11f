import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const LISTED = 'https://app.example.com'
const VITE = 'http://localhost:5173'
const OTHER = 'https://other.example'

describe('the origin of a page', () => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.close()
  })

  async function start(environment: string) {
    const lines: string[] = []
    const settings = {
      NODE_ENV: environment,
      LOG_LEVEL: 'warn',
      CORS_ORIGINS: `${LISTED},capacitor://localhost`,
    }
    const secrets = environment === 'production' ? PRODUCTION : {}
    const log = { write: (line: string) => void lines.push(line) }
    const [backend] = BACKENDS as readonly [Backend]
    const gateway = await startGateway(backend, { ...settings, ...secrets }, { log })
    running.push(gateway)
    const refusals = () =>
      lines
        .map((line) => JSON.parse(line) as { event?: string; origin?: string; msg?: string })
        .filter(({ event }) => event === 'http.origin_refused')
    return { gateway, refusals }
  }

  const PRODUCTION = {
    GATEWAY_SECRET: 'x8Fq2mPz4Lr7Tn1Vb6Ks9Hd3Wc5Yg0Ja',
    PUBLIC_URL: 'https://auth.example.com',
    TRUST_PROXY: '1',
  }

  async function ask({ app }: TestGateway, method: 'OPTIONS' | 'POST', headers: Record<string, string>) {
    const preflight = { 'access-control-request-method': 'POST' }
    const { headers: answer } = await app.http.app.inject({
      method,
      url: '/graphql',
      headers: {
        'x-forwarded-for': '192.0.2.1',
        'x-forwarded-proto': 'https',
        'content-type': 'application/json',
        ...(method === 'OPTIONS' && preflight),
        ...headers,
      },
      ...(method === 'POST' && { payload: { query: '{ __typename }' } }),
    })
    return answer
  }

  it('is allowed on loopback in development, for every port, and in an app that is listed', async () => {
    const { gateway, refusals } = await start('development')
    for (const origin of [
      VITE,
      'http://127.0.0.1:3000',
      'http://[::1]:8080',
      'capacitor://localhost',
      LISTED,
    ])
      for (const method of ['OPTIONS', 'POST'] as const)
        expect((await ask(gateway, method, { origin }))['access-control-allow-origin']).toBe(origin)
    expect(refusals()).toEqual([])
  })

  it('is not allowed on loopback in production', async () => {
    const { gateway } = await start('production')
    expect((await ask(gateway, 'OPTIONS', { origin: VITE }))['access-control-allow-origin']).toBeUndefined()
    expect((await ask(gateway, 'OPTIONS', { origin: LISTED }))['access-control-allow-origin']).toBe(LISTED)
  })

  it.each(['development', 'production'])(
    'is logged once when it is refused, with the setting that allows it (%s)',
    async (environment) => {
      const { gateway, refusals } = await start(environment)
      for (let time = 0; time < 3; time += 1)
        for (const method of ['OPTIONS', 'POST'] as const) await ask(gateway, method, { origin: OTHER })
      await ask(gateway, 'POST', { origin: `https://${'a'.repeat(5000)}.example` })
      const [first, second, ...rest] = refusals()
      expect(first?.origin).toBe(OTHER)
      expect(first?.msg).toContain('CORS_ORIGINS')
      expect(second?.origin).toHaveLength(256)
      expect(rest).toEqual([])
    },
  )

  it('is not logged as refused when the page belongs to the gateway', async () => {
    const { gateway, refusals } = await start('production')
    await ask(gateway, 'POST', { origin: 'https://auth.example.com' })
    await ask(gateway, 'POST', { origin: 'https://proxy.example', 'sec-fetch-site': 'same-origin' })
    expect(refusals()).toEqual([])
  })

  it('is logged when its WebSocket is refused', async () => {
    const { gateway, refusals } = await start('development')
    const url = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { origin: OTHER },
    })
    await new Promise((done) => socket.on('error', done))
    expect(refusals().map(({ origin }) => origin)).toEqual([OTHER])
  })

  it('can read when to retry, which token is missing, the language and the id of the request', async () => {
    const { gateway } = await start('development')
    const exposed = (await ask(gateway, 'POST', { origin: LISTED }))['access-control-expose-headers']
    expect(String(exposed).split(', ')).toEqual([
      'Content-Language',
      'Retry-After',
      'WWW-Authenticate',
      'X-Request-Id',
    ])
  })
})
