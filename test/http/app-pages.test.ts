import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { startPathProxy } from '../support/servers/path-proxy.ts'

const BACKEND = (BACKENDS as readonly [Backend])[0]

/** The files that a page names, by their addresses. */
function listFiles(html: string, page: string): string[] {
  const base = new URL(/<base href="([^"]+)"/.exec(html)?.[1] ?? '', page)
  return [...html.matchAll(/(?:src|href)="(\.\/assets\/[^"]+)"/g)].map(
    ([, file = '']) => new URL(file, base).href,
  )
}

describe('the app', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway(BACKEND, { NODE_ENV: 'development', PRODUCT_NAME: '<b>"Ada" & co' })
  })
  afterAll(() => gateway.close())

  const request = (url: string, method: 'GET' | 'HEAD' = 'GET', headers: Record<string, string> = {}) =>
    gateway.app.http.app.inject({ method, url, headers })

  it('has a page whose policy allows no inline script and no other origin (SR-281)', async () => {
    const { statusCode, headers, body } = await request('/app')
    expect(statusCode).toBe(200)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(headers['cache-control']).toBe('no-cache')
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|https?:\/\//)
  })

  it('has the same page for every address below it, so that a reload keeps the place', async () => {
    const pages = await Promise.all(
      ['/app', '/app/', '/app/posts/1/edit?q=a', '/app/nowhere'].map((url) => request(url)),
    )
    expect(new Set(pages.map(({ body }) => body)).size).toBe(1)
    expect(pages.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200])
  })

  it('escapes the name of the service in the settings of its page', async () => {
    const { body } = await request('/app')
    expect(body).toContain('&#60;b&#62;\\&#34;Ada\\&#34; &#38; co')
    expect(body).not.toContain('<b>')
  })

  it('has the mark, the accent colour and the links of the brand, and no style of its own without a colour', async () => {
    expect((await request('/app')).body).not.toContain('brand.css')
    const branded = await startGateway(BACKEND, {
      NODE_ENV: 'development',
      ACCENT_COLOR: '#7a1fa2',
      SUPPORT_EMAIL: 'help@example.com',
      TERMS_URL: 'https://example.com/terms',
    })
    const { body } = await branded.app.http.app.inject({ url: '/app' })
    expect(body).toMatch(/<link rel="stylesheet" href="\/brand.css" \/><\/head>/)
    expect(body).toContain('help@example.com')
    expect(body).toContain('https://example.com/terms')
    expect((await branded.app.http.app.inject({ url: '/brand.css' })).body).toContain(
      '--color-accent: #7a1fa2',
    )
    await branded.close()
  })

  it('has files that browsers keep for a year, compressed', async () => {
    const [file = ''] = listFiles((await request('/app')).body, 'http://localhost')
    const { headers, rawPayload } = await request(new URL(file).pathname, 'GET', {
      'accept-encoding': 'gzip',
    })
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-encoding'] ?? 'small').toMatch(/gzip|small/)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(rawPayload.length).toBeGreaterThan(0)
  })

  it('answers HEAD, 404 for a file that does not exist, and 404 for files outside its folder (SR-281)', async () => {
    expect((await request('/app', 'HEAD')).statusCode).toBe(200)
    const missing = await request('/app/assets/none.js')
    expect([missing.statusCode, missing.headers['content-type']]).toEqual([
      404,
      'application/json; charset=utf-8',
    ])
    for (const url of [
      '/app/assets/..%2findex.html',
      '/app/assets/%2e%2e%2f%2e%2e%2fmain.js',
      '/app/assets/..%5cindex.html',
    ])
      expect((await request(url)).statusCode).toBeGreaterThanOrEqual(400)
  })

  it('is served in production only if APP is on', async () => {
    for (const [app, status] of [
      ['', 404],
      ['on', 200],
    ] as const) {
      const settings = {
        NODE_ENV: 'production',
        REQUIRE_HTTPS: 'off',
        APP: app,
        GATEWAY_SECRET: randomBytes(32).toString('hex'),
        PUBLIC_URL: 'http://localhost',
      }
      const production = await startGateway(BACKEND, settings)
      expect((await production.app.http.app.inject('/app')).statusCode).toBe(status)
      await production.close()
    }
  })
})

describe.each([
  ['removes the path', true],
  ['passes the path on', false],
])('the app below a path, behind a proxy that %s', (_, removesPath) => {
  it('loads its files and names the gateway below the path', async () => {
    const proxy = await startPathProxy('/auth', removesPath)
    const settings = { NODE_ENV: 'development', PUBLIC_URL: `${proxy.origin}/auth`, TRUST_PROXY: '1' }
    const gateway = await startGateway(BACKEND, settings)
    await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    proxy.forwardTo((gateway.app.http.app.server.address() as AddressInfo).port)
    const page = await fetch(`${proxy.origin}/auth/app/posts/1`)
    const html = await page.text()
    expect(html).toContain('&#34;url&#34;:&#34;/auth/graphql&#34;')
    const files = listFiles(html, page.url)
    expect(files.length).toBeGreaterThan(2)
    for (const file of files) expect((await fetch(file)).status).toBe(200)
    await gateway.close()
    await proxy.close()
  })
})
