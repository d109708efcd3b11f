import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { UpdatePostDocument } from '../../test/generated/graphql.ts'
import { describeWith } from '../../test/support/servers/binaries.ts'
import { addPost } from './support/app-accounts.ts'
import { waitForTitle } from './support/app-site.ts'
import { useAppSuite } from './support/app-suite.ts'

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true })

describeWith(['chromium'], 'posts of the app', () => {
  const { site, enter } = useAppSuite()

  /** Holds the requests that carry an operation until the returned function is called. */
  async function hold(page: Page, operation: string): Promise<() => void> {
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes(`"${operation}"`)) await released
      await route.continue()
    })
    return release
  }

  it('are created and changed before the gateway has answered, and deleted', async () => {
    const { page } = await enter('/posts')
    await link(page, 'New post').click()
    await page.getByLabel('Title').fill('Minutes of Tuesday')
    await page.getByLabel('Text').fill('We **agreed**.')
    await page.reload()
    expect(await page.getByLabel('Title').inputValue()).toBe('Minutes of Tuesday')
    const release = await hold(page, 'CreatePost')
    await button(page, 'Save').click()
    await page.getByText('Saving…').waitFor()
    release()
    await link(page, 'Minutes of Tuesday').click()
    await page.locator('.prose strong', { hasText: 'agreed' }).waitFor()
    await link(page, 'Edit').click()
    await page.getByLabel('Title').fill('Minutes of Wednesday')
    const releaseChange = await hold(page, 'UpdatePost')
    await button(page, 'Save').click()
    await waitForTitle(page, 'Minutes of Wednesday')
    releaseChange()
    await page.reload()
    await waitForTitle(page, 'Minutes of Wednesday')
    await button(page, 'Delete').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('No posts yet.').waitFor()
  })

  it('that were refused are in the editor again, with what to do', async () => {
    const { page } = await enter('/posts/new')
    await page.getByLabel('Title').fill('Without a text')
    await button(page, 'Save').click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByLabel('Title').inputValue()).toBe('Without a text')
    await page.getByLabel('Text').fill('Here it is.')
    await button(page, 'Save').click()
    await link(page, 'Without a text').waitFor()
  })

  it('that two people changed are shown in both versions, and either can be kept', async () => {
    const { page, account } = await enter('/posts')
    for (const choice of ['Keep mine', 'Take the current one'] as const) {
      const id = await addPost(site(), account, 'Plan', 'First.')
      await page.goto(`${site().origin}/app/posts/${id}/edit`)
      await page.getByLabel('Text').fill('Mine.')
      await site().gateway.ask(UpdatePostDocument, { id, input: { content: 'Theirs.' } }, account.accessToken)
      await button(page, 'Save').click()
      await waitForTitle(page, 'This post has changed meanwhile')
      await page.reload()
      await page.getByText('Theirs.').waitFor()
      await button(page, choice).click()
      await page.locator('.prose', { hasText: choice === 'Keep mine' ? 'Mine.' : 'Theirs.' }).waitFor()
      await page.reload()
      await page.locator('.prose', { hasText: choice === 'Keep mine' ? 'Mine.' : 'Theirs.' }).waitFor()
    }
  })

  it('are loaded page by page, and searched by words that are in the address', async () => {
    const { page, account } = await enter('/posts')
    for (let number = 1; number <= 25; number += 1) await addPost(site(), account, `Lantern ${number}`)
    await page.goto(`${site().origin}/app/posts?q=lantern`)
    await page.getByText('25 posts').waitFor()
    await expect.poll(() => page.locator('.row').count()).toBe(20)
    await button(page, 'Load more posts').click()
    await expect.poll(() => page.locator('.row').count()).toBe(25)
    await page.getByLabel('Search posts').fill('lantern 25')
    await page.getByText('1 post', { exact: true }).waitFor()
    await link(page, 'Lantern 25').click()
    await waitForTitle(page, 'Lantern 25')
    await page.goBack()
    expect(await page.getByLabel('Search posts').inputValue()).toBe('lantern 25')
  })
})
