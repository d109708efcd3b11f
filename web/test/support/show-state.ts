import type { Browser, BrowserContextOptions } from 'playwright-core'
import { addAccount, signInByCookie } from './app-accounts.ts'
import { openApp, type AppPage, type AppSite } from './app-site.ts'
import { STATES } from './states.ts'

/** Shows a state of the app in a browser profile of its own, with an account of its own. */
export async function showState(
  browser: Browser,
  site: AppSite,
  name: string,
  options: BrowserContextOptions = {},
): Promise<AppPage> {
  const state = STATES[name]
  if (!state) throw new Error(`there is no state ${name}`)
  const account = await addAccount(site)
  const opened = await openApp(browser, site, '/sign-in', options)
  const { page } = opened
  if (state.isSignedIn) await signInByCookie(page, account)
  const open = async (path: string) => {
    await page.goto(`${site.origin}/app${path}`)
    await page.locator('h1, .waiting p').first().waitFor()
  }
  await state.show({ page, site, account, open })
  await page.locator('h1, .waiting p').first().waitFor()
  // Else a picture would show, and axe examine, a heading without its content.
  if (!state.isWaiting) await page.locator('.waiting').first().waitFor({ state: 'detached' })
  return opened
}
