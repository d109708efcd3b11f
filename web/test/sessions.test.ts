import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { isSignedIn, signInAgain } from '../../test/features/session-steps.ts'
import { describeWith } from '../../test/support/servers/binaries.ts'
import { addAccount } from './support/app-accounts.ts'
import { waitForTitle } from './support/app-site.ts'
import { useAppSuite } from './support/app-suite.ts'

describeWith(['chromium'], 'the list of sessions in the app', () => {
  const { site, enter } = useAppSuite()

  /** The list of an account with three sessions, one of which is the browser's own. */
  async function openList() {
    const account = await addAccount(site())
    const other = await signInAgain(site().gateway, account.email)
    const { page } = await enter('/account/sessions', account)
    await waitForTitle(page, 'Sessions')
    await expectRows(page, 3)
    return { page, others: [account, other] }
  }
  const expectRows = (page: Page, count: number) =>
    expect.poll(() => page.locator('.row').count()).toBe(count)
  const countSignedIn = async (sessions: readonly { readonly accessToken: string }[]) => {
    const found = await Promise.all(sessions.map((session) => isSignedIn(site().gateway, session)))
    return found.filter(Boolean).length
  }

  it('ends the one that is chosen, and no other', async () => {
    const { page, others } = await openList()
    expect(await countSignedIn(others)).toBe(2)
    await page
      .getByRole('button', { name: /^End session: / })
      .first()
      .click()
    await expectRows(page, 2)
    expect(await countSignedIn(others)).toBe(1)
    await page.reload()
    await waitForTitle(page, 'Sessions')
    await expectRows(page, 2)
  })

  it('ends all but its own, which has no button', async () => {
    const { page, others } = await openList()
    expect(await page.locator('.row', { hasText: 'This device' }).getByRole('button').count()).toBe(0)
    await page.getByRole('button', { name: 'End all other sessions' }).click()
    await expectRows(page, 1)
    expect(await countSignedIn(others)).toBe(0)
    await page.reload()
    await waitForTitle(page, 'Sessions')
  })
})
