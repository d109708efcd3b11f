import type { AddressInfo } from 'node:net'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { once } from 'node:events'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { findBinary } from '../support/servers/find-binary.ts'
import { startPathProxy, type PathProxy } from '../support/servers/path-proxy.ts'
import { SERVICE_SETTINGS, basic } from '../support/token-endpoints.ts'

const LOGIN = `mutation ($email: String!) { login(input: { email: $email, password: "${PASSWORD}" }) {
  ... on AuthPayload { accessToken refreshToken } } }`
const REFRESH = 'mutation { refresh { accessToken } }'

describe.each([
  ['removes the path', true],
  ['passes the path on', false],
])('a gateway below a path, behind a proxy that %s', (_, removesPath) => {
  let proxy: PathProxy
  let gateway: TestGateway
  let base: string
  beforeAll(async () => {
    proxy = await startPathProxy('/auth', removesPath)
    base = `${proxy.origin}/auth`
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], {
      ...SERVICE_SETTINGS,
      NODE_ENV: 'development',
      PUBLIC_URL: base,
      VERIFY_EMAIL_URL: '',
      REFRESH_TRANSPORT: 'cookie',
      DEV_OUTBOX: 'anyone',
      TRUST_PROXY: '1',
    })
    await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    proxy.forwardTo((gateway.app.http.app.server.address() as AddressInfo).port)
  })
  afterAll(async () => {
    await gateway.close()
    await proxy.close()
  })

  async function post(query: string, variables: object, headers: Record<string, string> = {}) {
    const response = await fetch(`${base}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    })
    return {
      headers: response.headers,
      body: (await response.json()) as { data?: object; errors?: object[] },
    }
  }

  it('serves the IDE with files that load (SR-194)', async () => {
    const page = await fetch(`${base}/graphql`, { headers: { accept: 'text/html' } })
    const files = [...(await page.text()).matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)]
    expect(files).toHaveLength(7)
    for (const [, file = ''] of files) expect((await fetch(new URL(file, page.url))).status).toBe(200)
    const start = await (await fetch(`${base}/graphql/ide/start.js`)).text()
    expect(start).toContain('url: location.pathname')
  })

  it('is described where RFC 8414 and OpenID Connect look, with URLs that work (SR-194)', async () => {
    const places = [
      `${proxy.origin}/.well-known/oauth-authorization-server/auth`,
      `${proxy.origin}/.well-known/openid-configuration/auth`,
      `${base}/.well-known/openid-configuration`,
      `${base}/.well-known/oauth-authorization-server`,
    ]
    for (const place of places) {
      const document = (await (await fetch(place)).json()) as Record<string, string>
      expect(document['issuer']).toBe(base)
      expect((await fetch(document['jwks_uri'] ?? '')).status).toBe(200)
      for (const name of ['introspection_endpoint', 'revocation_endpoint']) {
        const form = new URLSearchParams({ token: 'unknown' })
        const answer = await fetch(document[name] ?? '', { method: 'POST', headers: basic(), body: form })
        expect([name, answer.status, answer.redirected]).toEqual([name, 200, false])
      }
      expect(document['graphql_endpoint']).toBe(`${base}/graphql`)
    }
  })

  it('keeps sessions in a cookie of the whole host, which its pages send back (SR-194)', async () => {
    const { email } = await gateway.signUp()
    const login = await post(LOGIN, { email })
    const cookies = login.headers.getSetCookie()
    const cookie = cookies.find((text) => text.startsWith('__Host-gateway-refresh=')) ?? ''
    expect(cookie).toContain('Path=/;')
    const headers = { cookie: cookie.split(';')[0] ?? '', origin: proxy.origin }
    expect((await post(REFRESH, {}, headers)).body.errors).toBeUndefined()
  })

  it('accepts WebSockets (SR-194)', async () => {
    const socket = new WebSocket(`${base.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    await once(socket, 'open')
    socket.close()
    await once(socket, 'close')
  })

  it('answers health checks without the path (SR-194)', async () => {
    const { port } = gateway.app.http.app.server.address() as AddressInfo
    for (const path of ['/readyz', '/auth/readyz'])
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200)
    for (const path of ['/authreadyz', '/auth', '/auth/auth/readyz', '/other/readyz'])
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(404)
  })

  describeWith(['chromium'], 'in a browser', () => {
    let browser: Browser
    beforeAll(async () => {
      const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']
      browser = await chromium.launch({ executablePath: findBinary('chromium') ?? '', args })
    }, 60_000)
    afterAll(() => browser.close())

    it('confirms the address by the link of the mail, and shows it in the development mailbox (SR-194)', async () => {
      const email = newAddress()
      await post('mutation ($input: RegisterInput!) { register(input: $input) { challengeId } }', {
        input: { email, password: PASSWORD },
      })
      const token = await gateway.linkTokenFor(email)
      const tab = await browser.newPage()
      await tab.goto(`${base}/dev/outbox`)
      await tab.frameLocator('iframe >> nth=0').getByRole('link', { name: 'Confirm address' }).waitFor()
      const link = `${base}/verify-email?lang=en#token=${token}`
      expect(await tab.locator(`a[href="${link}"]`).count()).toBe(1)
      await tab.goto(link)
      await tab.getByRole('button').click()
      await tab.getByRole('heading', { name: 'E-mail address confirmed' }).waitFor()
      await tab.goto(`${base}/graphql`)
      await tab.getByText('mutation').first().waitFor()
      await tab.close()
    }, 60_000)
  })
})
