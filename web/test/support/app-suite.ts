import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { addAccount, signInByCookie, type AppAccount } from './app-accounts.ts'
import { launchChromium, openApp, startAppSite, type AppPage, type AppSite } from './app-site.ts'

/** What the tests of a suite share: a browser and a gateway. */
export interface AppSuite {
  readonly browser: () => Browser
  readonly site: () => AppSite
  /** Opens the app in a profile of its own. At the end it is closed, and its problems fail the test. */
  readonly open: (path?: string, options?: BrowserContextOptions) => Promise<AppPage>
  /** The same at a path of a signed-in account: of a new one by default. */
  readonly enter: (path: string, account?: AppAccount) => Promise<AppPage & { readonly account: AppAccount }>
}

/** Starts both before the tests of the suite that calls it. */
export function useAppSuite(settings: Record<string, string> = {}): AppSuite {
  let browser: Browser
  let site: AppSite
  const opened: AppPage[] = []
  beforeAll(async () => {
    browser = await launchChromium()
    site = await startAppSite(settings)
  }, 60_000)
  afterEach(async () => {
    const problems = opened.flatMap((each) => each.problems)
    await Promise.all(opened.splice(0).map(({ context }) => context.close()))
    expect(problems).toEqual([])
  })
  afterAll(async () => {
    await browser.close()
    await site.close()
  })
  const open: AppSuite['open'] = async (path, options) => {
    const page = await openApp(browser, site, path, options)
    opened.push(page)
    return page
  }
  return {
    browser: () => browser,
    site: () => site,
    open,
    async enter(path, given) {
      const account = given ?? (await addAccount(site))
      const entered = await open('/sign-in')
      await signInByCookie(entered.page, account)
      await entered.page.goto(`${site.origin}/app${path}`)
      return { ...entered, account }
    },
  }
}
