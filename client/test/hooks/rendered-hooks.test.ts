import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreatePostDocument, LogoutDocument } from '../../../test/generated/graphql.ts'
import { BACKENDS, type Backend } from '../../../test/support/backends.ts'
import { startGateway, type TestGateway } from '../../../test/support/gateway.ts'
import { describeWith } from '../../../test/support/servers/binaries.ts'
import { launchBrowser, openApp, type AppPage } from '../support/app-page.ts'
import { REACT_VERSIONS, bundleApp, type ReactVersion } from '../support/bundle-app.ts'

/** Texts of the list items of a page, newest first. */
const listTitles = ({ page }: AppPage) => page.getByRole('listitem').allTextContents()

describeWith(['chromium'], 'generated hooks in a page', () => {
  let browser: Browser
  let gateway: TestGateway
  let url = ''
  beforeAll(async () => {
    browser = await launchBrowser()
    gateway = await startGateway((BACKENDS as readonly [Backend])[0])
    url = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await gateway.close()
  })

  /** Opens an application as an account of its own that has written posts with the given titles. */
  async function open(app: string, react: ReactVersion, titles: readonly string[]) {
    const account = await gateway.signUp()
    for (const title of titles) {
      const input = { title, content: 'Text.', published: true }
      await gateway.ask(CreatePostDocument, { input }, account.accessToken)
    }
    const code = await bundleApp(join(import.meta.dirname, 'apps', `${app}.tsx`), react)
    const opened = await openApp(browser, url, code, { token: account.accessToken })
    return { account, opened, page: opened.page }
  }

  describe.each(['apollo', 'urql', 'tanstack-query'])('for %s', (app) => {
    it.each(REACT_VERSIONS)('run queries and mutations with React %s', async (react) => {
      const { opened, page } = await open(app, react, ['First'])
      await expect.poll(() => listTitles(opened)).toContain('First')
      const before = (await listTitles(opened)).length
      await page.getByRole('button', { name: 'Publish' }).click()
      // The list is read again. Other applications have written posts of this title before.
      await expect.poll(async () => (await listTitles(opened)).length).toBe(Math.min(before + 1, 5))
      await expect.poll(() => listTitles(opened)).toContain('Written')
      expect(opened.problems).toEqual([])
      await page.context().close()
    })
  })

  it.each(['apollo', 'urql'])('for %s receive the events of a subscription', async (app) => {
    const { account, opened, page } = await open(app, '19', ['First'])
    await expect.poll(() => listTitles(opened)).toContain('First')
    // The event reaches the subscriptions that exist when the session ends.
    await expect.poll(() => opened.sentFrames.some((frame) => frame.includes('"subscribe"'))).toBe(true)
    await page.waitForTimeout(300)
    await gateway.ask(LogoutDocument, {}, account.accessToken)
    await expect.poll(() => page.getByRole('status').textContent()).toBe('ENDED')
    await page.context().close()
  })

  it.each(['apollo', 'tanstack-query'])('for %s suspend until the result is there', async (app) => {
    const { page } = await open(app, '19', ['First'])
    await expect.poll(async () => Number(await page.getByTitle('total').textContent())).toBeGreaterThan(0)
    await page.context().close()
  })

  it('for apollo send a lazy query when it is called', async () => {
    const { account, page } = await open('apollo', '19', [])
    expect(await page.getByTitle('account').textContent()).toBe('')
    await page.getByRole('button', { name: 'Account' }).click()
    await expect.poll(() => page.getByTitle('account').textContent()).toBe(account.email)
    await page.context().close()
  })

  it('for tanstack-query collect the pages of a connection', async () => {
    const { page } = await open('tanstack-query', '19', ['Third', 'Second', 'First', 'Zeroth'])
    await expect.poll(() => page.getByTitle('pages').textContent()).toBe('Zeroth,First')
    await page.getByRole('button', { name: 'More' }).click()
    await expect.poll(() => page.getByTitle('pages').textContent()).toBe('Zeroth,First | Second,Third')
    await page.context().close()
  })
})
