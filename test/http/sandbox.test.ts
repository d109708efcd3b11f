import type { AddressInfo } from 'node:net'
import { getIntrospectionQuery } from 'graphql'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, describe } from 'vitest'
import { WebSocket } from 'ws'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { PASSWORD, startGateway, type TestGateway } from '../support/gateway.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { findBinary } from '../support/servers/find-binary.ts'

const STUDIO = 'https://studio.apollographql.com'
const [backend] = BACKENDS as readonly [Backend]
const LOGIN = `mutation ($email: String!) { login(input: { email: $email, password: "${PASSWORD}" }) {
  ... on AuthPayload { accessToken refreshToken } } }`
const INTROSPECTION = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
})

async function startListening(
  settings: Record<string, string>,
): Promise<{ gateway: TestGateway; url: string }> {
  const gateway = await startGateway(backend, settings)
  await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = gateway.app.http.app.server.address() as AddressInfo
  return { gateway, url: `http://127.0.0.1:${port}/graphql` }
}

describe('Apollo Sandbox', () => {
  let gateway: TestGateway
  let url: string
  beforeAll(async () => {
    ;({ gateway, url } = await startListening({ NODE_ENV: 'development' }))
  })
  afterAll(() => gateway.close())

  /** The headers that Chromium adds to what Sandbox sends. */
  const sent = (headers: Record<string, string> = {}) => ({
    'content-type': 'application/json',
    origin: STUDIO,
    referer: `${STUDIO}/`,
    'sec-fetch-mode': 'cors',
    'sec-fetch-site': 'cross-site',
    accept: '*/*',
    ...headers,
  })

  it('passes its preflight for every header that its users add, without a setting', async () => {
    const { status, headers } = await fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin: STUDIO,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'apollo-require-preflight,authorization,content-type',
      },
    })
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe(STUDIO)
    expect(headers.get('access-control-allow-methods')).toContain('POST')
    expect(headers.get('access-control-allow-headers')).toContain('authorization')
  })

  it('reads the whole schema by introspection', async () => {
    const { data, errors } = await gateway.sendText(INTROSPECTION, {}, { headers: sent() })
    expect(errors).toEqual([])
    expect(data).toHaveProperty('__schema.types')
  })

  it('opens the WebSocket of its subscriptions', async () => {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', {
      headers: { origin: STUDIO },
    })
    await new Promise((done, failed) => socket.on('open', done).on('error', failed))
    expect(socket.protocol).toBe('graphql-transport-ws')
    socket.close()
  })

  it('is refused in production, where its origin is not listed', async () => {
    const production = await gateway.sibling({ NODE_ENV: 'production' })
    const { headers } = await production.sendText('{ __typename }', {}, { headers: sent() })
    expect(headers['access-control-allow-origin']).toBeUndefined()
    await production.close()
  })
})

describeWith(['chromium'], 'a page of Apollo Sandbox in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']
    browser = await chromium.launch({ executablePath: findBinary('chromium') ?? '', args })
  }, 60_000)
  afterAll(() => browser.close())

  /** An empty page of the origin of Sandbox; nothing is requested from Apollo. */
  async function openStudio(): Promise<Page> {
    const context = await browser.newContext()
    // Chromium asks its user whether the page may connect to this machine.
    await context.grantPermissions(['local-network-access'], { origin: STUDIO })
    const page = await context.newPage()
    await page.route(`${STUDIO}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '' }))
    await page.goto(`${STUDIO}/sandbox/explorer`)
    return page
  }

  /** Sends an operation with the options that `@apollo/sandbox` 2.7.4 gives to `fetch`. */
  function post(page: Page, url: string, operation: object, includeCookies: boolean, token?: string) {
    return page.evaluate(
      async ([address, body, credentials, headers]) => {
        try {
          const response = await fetch(address, { method: 'POST', headers, body, credentials })
          return (await response.json()) as { data?: Record<string, unknown>; errors?: object[] }
        } catch (error) {
          return String(error)
        }
      },
      [
        url,
        JSON.stringify(operation),
        includeCookies ? 'include' : 'omit',
        {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
      ] as const,
    )
  }

  it('introspects, signs in and sends the token', async () => {
    const { gateway, url } = await startListening({ NODE_ENV: 'development' })
    const { email } = await gateway.signUp()
    const page = await openStudio()
    expect(
      await post(page, url, { query: INTROSPECTION, operationName: 'IntrospectionQuery' }, false),
    ).toHaveProperty('data.__schema')
    const signedIn = await post(page, url, { query: LOGIN, variables: { email } }, false)
    const { accessToken } = (signedIn as { data: { login: { accessToken: string } } }).data.login
    const me = await post(page, url, { query: '{ me { email } }', variables: {} }, false, accessToken)
    expect(me).toMatchObject({ data: { me: { email } } })
    // The switch “Include cookies” needs a gateway that uses cookies.
    expect(await post(page, url, { query: '{ __typename }' }, true)).toBe('TypeError: Failed to fetch')
    await page.context().close()
    await gateway.close()
  })

  it('neither stores nor sends the refresh token of a gateway that keeps it in a cookie', async () => {
    const { gateway, url } = await startListening({ NODE_ENV: 'development', REFRESH_TRANSPORT: 'cookie' })
    const { email } = await gateway.signUp()
    const page = await openStudio()
    const signedIn = await post(page, url, { query: LOGIN, variables: { email } }, true)
    expect(signedIn).toMatchObject({ data: { login: { refreshToken: null } } })
    expect(await page.context().cookies()).toEqual([])
    const refreshed = await post(page, url, { query: 'mutation { refresh { accessToken } }' }, true)
    expect(refreshed).toMatchObject({ errors: [{ extensions: { code: 'TOKEN_INVALID' } }] })
    await page.context().close()
    await gateway.close()
  })

  it('cannot use a refresh cookie that the browser has, because its origin is not trusted', async () => {
    const gateway = await startGateway(backend, { NODE_ENV: 'development', REFRESH_TRANSPORT: 'cookie' })
    const { code } = await gateway.sendText(
      'mutation { refresh { accessToken } }',
      {},
      {
        headers: { origin: STUDIO, cookie: '__Host-gateway-refresh=x' },
      },
    )
    expect(code).toBe('FORBIDDEN')
    await gateway.close()
  })
})
