import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../../../test/support/servers/binaries.ts'
import { findBinary } from '../../../test/support/servers/find-binary.ts'
import type { AuthClient } from '../../src/index.ts'
import { startPageServer, type PageServer } from '../support/page-server.ts'
import { startSite, TOKEN_MS, type Account, type Site } from '../support/site.ts'

/** Without network access of the browser itself. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']
/** What the application has at `window`. */
interface Application {
  readonly auth: AuthClient
  readonly signedOut: readonly string[]
  readonly queryMe: () => Promise<string | null>
}
declare const globalThis: Application
const PAGES = 5

describeWith(['chromium'], 'five pages of one origin in a browser', () => {
  let browser: Browser
  let server: PageServer
  const sites = new Map<string, Site>()
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findBinary('chromium') ?? '', args: ARGUMENTS })
    server = await startPageServer()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await server.close()
    for (const site of sites.values()) await site.close()
  })

  async function findSite(transport: string): Promise<Site> {
    const { origin } = server
    const cookie = { REFRESH_TRANSPORT: 'cookie', CORS_ORIGINS: origin, PUBLIC_URL: origin }
    const site = sites.get(transport) ?? (await startSite(transport === 'cookie' ? cookie : {}))
    sites.set(transport, site)
    server.pointTo(site.proxy.url)
    return site
  }

  /** Opens the pages, and signs in on the first. */
  async function openPages(transport: 'bearer' | 'cookie', script = '') {
    const site = await findSite(transport)
    const context = await browser.newContext()
    await context.addInitScript(script)
    const pages: Page[] = []
    for (let number = 0; number < PAGES; number += 1) pages.push(await openPage(context, transport))
    const account = await site.addAccount()
    await signIn(pages[0], account)
    const isSignedIn = (page: Page) =>
      page.waitForFunction(() => globalThis.auth.getState().status === 'signed-in')
    await Promise.all(pages.map(isSignedIn))
    return { site, context, pages, account }
  }

  async function openPage(context: BrowserContext, transport: string): Promise<Page> {
    const page = await context.newPage()
    await page.goto(`${server.origin}/?transport=${transport}`)
    await page.waitForFunction(() => 'queryMe' in globalThis)
    await page.evaluate(() => globalThis.auth.ready)
    return page
  }

  const signIn = (page: Page | undefined, { credentials }: Account) =>
    page?.evaluate((input) => globalThis.auth.login(input), credentials)

  const queryAll = (pages: readonly Page[]) =>
    Promise.all(
      pages.map((page) => page.evaluate(() => Promise.all([1, 2, 3].map(() => globalThis.queryMe())))),
    )

  const readStates = (pages: readonly Page[]) =>
    Promise.all(pages.map((page) => page.evaluate(() => globalThis.auth.getState().status)))

  const NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })"
  it.each([
    ['in the storage', 'bearer', ''],
    ['in a cookie', 'cookie', ''],
    ['in the storage, without Web Locks', 'bearer', NO_LOCKS],
  ] as const)('refresh once at expiry, with the refresh token %s', async (_title, transport, script) => {
    const { site, context, pages, account } = await openPages(transport, script)
    for (let round = 1; round <= 2; round += 1) {
      site.gateway.passTime(2 * TOKEN_MS)
      const before = site.proxy.count('refresh')
      expect(await queryAll(pages)).toEqual(pages.map(() => [1, 2, 3].map(() => account.userId)))
      expect(site.proxy.count('refresh') - before).toBe(1)
    }
    const stored = await pages[0]?.evaluate(() =>
      JSON.stringify({ ...(globalThis as unknown as Window).localStorage }),
    )
    if (transport === 'cookie') expect(stored).not.toMatch(/Token/)
    await context.close()
  })

  it('stay signed in over a reload, without a network, and with a storage that is full', async () => {
    const full = "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }"
    for (const script of ['', full]) {
      const { site, context, pages, account } = await openPages('bearer', script)
      site.gateway.passTime(2 * TOKEN_MS)
      await context.setOffline(true)
      const refusals = await Promise.all(
        pages.map((page) => page.evaluate(() => globalThis.queryMe().catch((error: Error) => error.name))),
      )
      expect(refusals).toEqual(pages.map(() => 'TypeError'))
      expect(await readStates(pages)).toEqual(pages.map(() => 'signed-in'))
      await context.setOffline(false)
      await pages[1]?.reload()
      await pages[1]?.waitForFunction(() => globalThis.auth.getState().status === 'signed-in')
      expect(await queryAll(pages)).toEqual(pages.map(() => [1, 2, 3].map(() => account.userId)))
      await context.close()
    }
  })

  it('are told of a sign-out, and of the sign-in of another account', async () => {
    for (const transport of ['bearer', 'cookie'] as const) {
      const { site, context, pages } = await openPages(transport)
      const second = await site.addAccount()
      await signIn(pages[3], second)
      const isSecond = (page: Page) =>
        page.waitForFunction((id) => {
          const state = globalThis.auth.getState()
          return state.status === 'signed-in' && state.userId === id
        }, second.userId)
      await Promise.all(pages.map(isSecond))
      expect(await queryAll(pages)).toEqual(pages.map(() => [1, 2, 3].map(() => second.userId)))
      expect(await pages[2]?.evaluate(() => globalThis.auth.logout())).toBe(true)
      for (const page of pages) await page.waitForFunction(() => globalThis.signedOut.length === 1)
      expect(await queryAll(pages)).toEqual(pages.map(() => [null, null, null]))
      await pages[4]?.reload()
      await pages[4]?.waitForFunction(() => globalThis.auth.getState().status === 'signed-out')
      await context.close()
    }
  })
})
