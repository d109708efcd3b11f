import { expect, it } from 'vitest'
import { describeWith } from '../../test/support/servers/binaries.ts'
import { addAccount, readLatestCode } from './support/app-accounts.ts'
import { waitForTitle } from './support/app-site.ts'
import { useAppSuite } from './support/app-suite.ts'

const MINUTE = 60_000

describeWith(['chromium'], 'another code', () => {
  const { site, open } = useAppSuite({ RATE_LIMIT_SCALE: '1' })

  it('can be requested as soon as the gateway allows it, and replaces the first one', async () => {
    const account = await addAccount(site())
    const { gateway, origin } = site()
    gateway.passTime(MINUTE)
    const { page } = await open('/sign-in')
    await page.clock.install()
    await page.goto(`${origin}/app/sign-in`)
    await page.getByRole('button', { name: 'Code by e-mail' }).click()
    await page.getByLabel('E-mail address').fill(account.email)
    await page.getByRole('button', { name: 'Send code' }).click()
    const countdown = page.getByText(/^You can request a new code in (60|[45]\d) s\.$/)
    const resend = page.getByRole('button', { name: 'Send a new code' })
    await countdown.waitFor()
    expect(await resend.count()).toBe(0)
    const first = await readLatestCode(site(), account)
    gateway.passTime(MINUTE)
    await page.clock.fastForward(MINUTE)
    await resend.click()
    await page.getByText('A new code is on its way. Earlier codes no longer work.').waitFor()
    await countdown.waitFor()
    await expect.poll(() => readLatestCode(site(), account)).not.toBe(first)
    await page.getByLabel('Six-digit code').fill(first)
    await page.getByRole('alert').getByText('The code is wrong.').waitFor()
    await page.getByLabel('Six-digit code').fill(await readLatestCode(site(), account))
    await waitForTitle(page, 'Posts')
  })
})
