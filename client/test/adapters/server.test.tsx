import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { ReactElement } from 'react'
import { renderToString } from 'react-dom/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthFetch } from '../../src/adapters/fetch.ts'
import { createRequestAuthClient } from '../../src/adapters/server.ts'
import { startSite, TOKEN_MS, type Account, type Site } from '../support/site.ts'

const ORIGIN = 'https://app.example.com'

/** A page of the application. */
function Page({ userId }: { readonly userId: string | null }): ReactElement {
  return <main>{userId === null ? 'Please sign in' : `Signed in as ${userId}`}</main>
}

/** Renders the page for the browser that asks: what a framework such as Next.js does on a server. */
async function servePage(url: string, now: () => number, request: IncomingMessage, response: ServerResponse) {
  const auth = createRequestAuthClient({
    url,
    cookie: request.headers.cookie,
    origin: ORIGIN,
    onSetCookie: (header) => response.appendHeader('set-cookie', header),
    clock: {
      now,
      startTimer: (ms, run) =>
        (
          (timer) => () =>
            clearTimeout(timer)
        )(setTimeout(run, ms)),
    },
  })
  const body = JSON.stringify({ query: '{ me { id } }' })
  const headers = { 'content-type': 'application/json' }
  const result = await createAuthFetch(auth)(url, { method: 'POST', headers, body })
  const { data } = (await result.json()) as { data?: { me: { id: string } } | null }
  response.setHeader('content-type', 'text/html')
  response.end(renderToString(<Page userId={data?.me.id ?? null} />))
  auth.close()
}

/** A browser: its cookies, for the application and the gateway behind its host. */
class Browser {
  readonly cookies = new Map<string, string>()
  async open(address: string, isCancelled = false): Promise<string> {
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(address, { headers: { cookie } })
    if (!isCancelled) this.keep(response)
    return response.text()
  }
  async signIn(url: string, { credentials }: Account): Promise<void> {
    const query =
      'mutation ($input: LoginInput!) { login(input: $input) { ... on AuthPayload { user { id } } } }'
    const headers = { 'content-type': 'application/json', origin: ORIGIN }
    const body = JSON.stringify({ query, variables: { input: credentials } })
    this.keep(await fetch(url, { method: 'POST', headers, body }))
  }
  keep(response: Response): void {
    for (const header of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
      this.cookies.set(name, value)
    }
  }
}

describe('server-side rendering', () => {
  let site: Site
  let page: string
  const server = createServer(
    (request, response) => void servePage(site.proxy.url, () => site.gateway.now(), request, response),
  )
  beforeAll(async () => {
    site = await startSite({ REFRESH_TRANSPORT: 'cookie', PUBLIC_URL: ORIGIN, CORS_ORIGINS: ORIGIN })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    page = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : ''
  })
  afterAll(async () => {
    server.close()
    await site.close()
  })

  async function openSignedIn() {
    const account = await site.addAccount()
    const browser = new Browser()
    await browser.signIn(site.proxy.url, account)
    return { ...account, browser }
  }

  it('renders the page of the account that is signed in, and hands the new refresh token to the browser', async () => {
    const { browser, userId } = await openSignedIn()
    const before = browser.cookies.get('__Host-gateway-refresh')
    expect(await browser.open(page)).toContain(`Signed in as ${userId}`)
    expect(browser.cookies.get('__Host-gateway-refresh')).not.toBe(before)
  })

  it('refreshes once in the lifetime of an access token, and not for each page', async () => {
    const { browser, userId } = await openSignedIn()
    const before = site.proxy.count('refresh')
    for (let number = 0; number < 3; number += 1) expect(await browser.open(page)).toContain(userId)
    expect(site.proxy.count('refresh') - before).toBe(1)
    site.gateway.passTime(TOKEN_MS)
    for (let number = 0; number < 3; number += 1) expect(await browser.open(page)).toContain(userId)
    expect(site.proxy.count('refresh') - before).toBe(2)
  })

  it('shares nothing between requests of different browsers', async () => {
    const browsers = await Promise.all([openSignedIn(), openSignedIn(), openSignedIn()])
    const anonymous = new Browser()
    const pages = await Promise.all([
      ...browsers.map(({ browser }) => browser.open(page)),
      anonymous.open(page),
    ])
    expect(pages).toEqual([
      ...browsers.map(({ userId }) => `<main>Signed in as ${userId}</main>`),
      '<main>Please sign in</main>',
    ])
  })

  it('asks the gateway for no refresh without a refresh token', async () => {
    const before = site.proxy.count('refresh')
    expect(await new Browser().open(page)).toContain('Please sign in')
    expect(site.proxy.count('refresh')).toBe(before)
  })

  it('renders for the second account after the browser has signed in as another', async () => {
    const { browser } = await openSignedIn()
    await browser.open(page)
    const second = await site.addAccount()
    await browser.signIn(site.proxy.url, second)
    expect(await browser.open(page)).toContain(second.userId)
  })

  it('keeps a browser signed in that cancelled a page and asks again', async () => {
    const { browser, userId } = await openSignedIn()
    await browser.open(page, true)
    expect(await browser.open(page)).toContain(userId)
    expect(await browser.open(page)).toContain(userId)
  })

  it('writes cookies that scripts cannot read', async () => {
    const { browser } = await openSignedIn()
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ')
    const headers = (await fetch(page, { headers: { cookie } })).headers.getSetCookie()
    expect(headers.length).toBeGreaterThanOrEqual(2)
    for (const header of headers) expect(header).toMatch(/HttpOnly/)
  })
})
