import type { BrowserContext, Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeWith } from '../../test/support/servers/binaries.ts'
import { addAccount, signInByCookie } from './support/app-accounts.ts'
import { signIn, waitForTitle } from './support/app-site.ts'
import { useAppSuite } from './support/app-suite.ts'

/** Past the lifetime of an access token. */
const TOKEN_MS = 16 * 60_000

describeWith(['chromium'], 'two tabs of the app', () => {
  const { site, open } = useAppSuite()

  async function openTabs(): Promise<{ context: BrowserContext; first: Page; second: Page; token: string }> {
    const account = await addAccount(site())
    const { context, page: first } = await open('/sign-in')
    await signIn(first, account)
    await waitForTitle(first, 'Posts')
    const second = await context.newPage()
    second.setDefaultTimeout(10_000)
    await second.goto(`${site().origin}/app/account/sessions`)
    await waitForTitle(second, 'Sessions')
    return { context, first, second, token: account.accessToken }
  }

  /** Counts the requests of a profile that carry an operation. */
  function count(context: BrowserContext, operation: RegExp): () => number {
    let seen = 0
    context.on('request', (request) => void (seen += operation.test(request.postData() ?? '') ? 1 : 0))
    return () => seen
  }

  it('refresh the session once when both need it at the same time', async () => {
    const { context, first, second } = await openTabs()
    await first.getByRole('link', { name: 'Account', exact: true }).click()
    await waitForTitle(first, 'Profile')
    const refreshes = count(context, /mutation refresh/)
    // The tabs have a clock of their own: both find their access token expired.
    for (const page of [first, second])
      await page.evaluate((ms) => {
        const { now } = Date
        Date.now = () => now() + ms
      }, TOKEN_MS)
    site().gateway.passTime(TOKEN_MS)
    await Promise.all([
      first.getByRole('link', { name: 'Sessions' }).click(),
      second.getByRole('link', { name: 'Activity' }).click(),
    ])
    await first.getByText('This device').waitFor()
    await second.getByText('Account created').waitFor()
    expect(refreshes()).toBe(1)
  })

  it('are signed out by a sign-out in one of them, and show why', async () => {
    const { first, second } = await openTabs()
    await first.getByRole('button', { name: 'Sign out' }).click()
    await waitForTitle(first, 'Sign in')
    await waitForTitle(second, 'Sign in')
    await second.getByText('You are signed out.').waitFor()
  })

  it('are signed out when the session is ended on another device', async () => {
    const { first, second, token } = await openTabs()
    await site().gateway.sendText('mutation { revokeOtherSessions { revokedSessions } }', {}, { token })
    for (const page of [first, second])
      await page.getByText('This session was ended on another device.').waitFor()
    await first.reload()
    await waitForTitle(first, 'Sign in')
  })

  it('return to where they were after the next sign-in', async () => {
    const account = await addAccount(site())
    const { page } = await open('/account/sessions')
    await waitForTitle(page, 'Sign in')
    await signIn(page, account)
    await waitForTitle(page, 'Sessions')
  })
})

describeWith(['chromium'], 'the app of a gateway with REFRESH_TRANSPORT=body', () => {
  const { site, open } = useAppSuite({ REFRESH_TRANSPORT: 'body' })

  it('keeps the session over a reload', async () => {
    const account = await addAccount(site())
    const { page } = await open('/sign-in')
    await signIn(page, account)
    await waitForTitle(page, 'Posts')
    await page.reload()
    await waitForTitle(page, 'Posts')
  })
})

describeWith(['chromium'], 'the app of a gateway with REFRESH_TRANSPORT=cookie', () => {
  const { site, open } = useAppSuite()

  it('keeps no token where a script can read it (SR-282)', async () => {
    const account = await addAccount(site())
    const { page } = await open('/sign-in')
    await signInByCookie(page, account)
    await page.reload()
    await waitForTitle(page, 'Posts')
    const stored = await page.evaluate(
      () => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie,
    )
    expect(stored).not.toMatch(/token/i)
  })
})
