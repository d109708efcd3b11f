import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeWith } from '../../test/support/servers/binaries.ts'
import { waitForTitle } from './support/app-site.ts'
import { useAppSuite } from './support/app-suite.ts'

describeWith(['chromium'], 'the app with a bad network', () => {
  const suite = useAppSuite()
  const { open } = suite

  async function enter(path: string) {
    const opened = await suite.enter(path)
    await opened.page.locator('h1').waitFor()
    return opened
  }

  const openSessions = (page: Page) => page.getByRole('link', { name: 'Sessions', exact: true }).click()

  it('says that it is offline, and loads the screen by itself once it is online', async () => {
    const { page, context } = await enter('/account/profile')
    await openSessions(page)
    await page.getByText('This device').waitFor()
    await context.setOffline(true)
    await page.getByText(/You are offline\. Changes/).waitFor()
    await page.getByRole('link', { name: 'Posts', exact: true }).click()
    await page.getByRole('heading', { name: 'No connection' }).waitFor()
    await context.setOffline(false)
    await page.getByText('No posts yet.').waitFor()
  })

  it('says that the service is busy, and asks again after the time that it names', async () => {
    const { page } = await enter('/account/profile')
    await page.clock.install()
    let isBusy = true
    const errors = [{ message: '', extensions: { code: 'SERVICE_UNAVAILABLE', retryAfter: 30 } }]
    await page.route('**/graphql', (route) =>
      isBusy ? route.fulfill({ status: 503, json: { errors } }) : route.continue(),
    )
    await page.getByRole('link', { name: 'Posts', exact: true }).click()
    await page.getByText(/We try again in \d+ s/).waitFor()
    isBusy = false
    await page.clock.fastForward(31_000)
    await page.getByText('No posts yet.').waitFor()
  })

  it('shows progress, and then that the connection is slow', async () => {
    const { page } = await enter('/account/profile')
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/graphql', async (route) => {
      await released
      await route.continue()
    })
    await page.getByRole('link', { name: 'Posts', exact: true }).click()
    await page.getByText('Loading…').waitFor()
    await page.getByText('The connection is slow.').waitFor()
    release()
    await page.getByText('No posts yet.').waitFor()
  })

  it('cannot be started without the service, and starts by itself once it answers', async () => {
    const { page } = await open('/sign-in')
    await waitForTitle(page, 'Sign in')
    await page.evaluate(() => localStorage.clear())
    let isDown = true
    await page.route('**/graphql', (route) => (isDown ? route.abort() : route.continue()))
    await page.reload()
    await page.getByRole('heading', { name: 'No connection' }).waitFor()
    isDown = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await waitForTitle(page, 'Sign in')
    expect(await page.getByLabel('E-mail address').isVisible()).toBe(true)
  })

  it('keeps a text whose save failed', async () => {
    const { page, context } = await enter('/posts/new')
    await page.getByLabel('Title').fill('Written in a tunnel')
    await page.getByLabel('Text').fill('Dark.')
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Save' }).click()
    await page
      .getByRole('alert')
      .getByText(/cannot be reached/)
      .waitFor()
    expect(await page.getByLabel('Title').inputValue()).toBe('Written in a tunnel')
    await context.setOffline(false)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'Written in a tunnel' }).waitFor()
  })
})
