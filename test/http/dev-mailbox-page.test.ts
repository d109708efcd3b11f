import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RegisterDocument, RequestOtpDocument } from '../generated/graphql.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { findAccessibilityProblems, launchBrowser, watchPage } from '../support/browser.ts'
import { newAddress, newPhone, startGateway, type TestGateway } from '../support/gateway.ts'
import { describeWith } from '../support/servers/binaries.ts'

describeWith(['chromium'], 'the page of the development mailbox', () => {
  let browser: Browser
  let gateway: TestGateway
  let address: string
  beforeAll(async () => {
    browser = await launchBrowser()
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], {
      NODE_ENV: 'development',
      RATE_LIMIT_SCALE: '1000',
    })
    address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await gateway.close()
  })

  /** A phone in Seoul whose browser may copy. */
  async function open(search = ''): Promise<{ readonly tab: Page; readonly problems: readonly string[] }> {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      timezoneId: 'Asia/Seoul',
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const tab = await context.newPage()
    const problems = watchPage(tab, address)
    await tab.goto(`${address}/dev/outbox${search}`)
    return { tab, problems }
  }

  it('follows the button and the link of a message in a new tab, and violates no policy', async () => {
    const email = newAddress()
    const page = `${address}/verify-email`
    const open = await gateway.sibling({ VERIFY_EMAIL_URL: page })
    await open.ask(RegisterDocument, { input: { email } })
    await open.linkTokenFor(email)
    const tab = await browser.newPage()
    const messages: string[] = []
    tab.on('console', (message) => messages.push(message.text()))
    await tab.goto(`${address}/dev/outbox`)
    const frame = tab.frameLocator('iframe')
    for (const link of [
      frame.getByRole('link', { name: 'Confirm address' }),
      frame.getByRole('link', { name: /^http/ }),
    ]) {
      const [opened] = await Promise.all([tab.context().waitForEvent('page'), link.click()])
      await opened.getByRole('button', { name: 'Confirm my e-mail address' }).waitFor()
      expect(opened.url()).toBe(page)
      await opened.close()
    }
    expect(messages).toEqual([])
    expect(tab.url()).toBe(`${address}/dev/outbox`)
    await tab.close()
    await open.app.close()
  }, 60_000)

  it('shows new messages by itself, copies a code with one click, and has the time of the reader', async () => {
    const { tab, problems } = await open()
    const email = newAddress()
    await gateway.ask(RegisterDocument, { input: { email } })
    const message = tab.getByRole('article').filter({ hasText: email })
    await message.waitFor()
    const code = await gateway.codeFor(email)
    await message.getByRole('button', { name: `Copy ${code}` }).click()
    await message.getByText('Copied').waitFor()
    expect(await tab.evaluate('navigator.clipboard.readText()')).toBe(code)
    const sent = (await message.locator('time').getAttribute('datetime')) ?? ''
    const seoul = { timeZone: 'Asia/Seoul', dateStyle: 'medium', timeStyle: 'medium' } as const
    const shown = (await message.locator('time').innerText()).replaceAll('\u202F', ' ')
    expect(shown).toBe(new Intl.DateTimeFormat('en', seoul).format(new Date(sent)).replaceAll('\u202F', ' '))
    expect(problems).toEqual([])
    await tab.context().close()
  }, 60_000)

  it('shows a text message once, with its code', async () => {
    const { accessToken } = await gateway.signUp()
    const phone = newPhone()
    await gateway.ask(RequestOtpDocument, { input: { phone, purpose: 'VERIFY_PHONE' } }, accessToken)
    const code = await gateway.codeFor(phone)
    const { tab } = await open()
    const text = await tab.getByRole('article').filter({ hasText: phone }).innerText()
    expect(text.split('code is').length).toBe(2)
    expect(text).toContain(`Code\n${code}`)
    await tab.context().close()
  }, 60_000)

  it('selects by address while the reader types, keeps the search on a reload, and says if nothing fits', async () => {
    const [wanted, other] = [newAddress(), newAddress()]
    for (const email of [wanted, other]) {
      await gateway.ask(RegisterDocument, { input: { email } })
      await gateway.codeFor(email)
    }
    const { tab, problems } = await open()
    await tab.getByText(other).waitFor()
    await tab.getByRole('searchbox').fill(wanted)
    await tab.getByText(other).waitFor({ state: 'detached' })
    await tab.reload()
    expect(await tab.getByRole('article').count()).toBe(1)
    await tab.getByRole('searchbox').fill('<script>alert(1)</script>')
    await tab.getByText('No message to such an address').waitFor()
    await tab.reload()
    await tab.getByText('No message to such an address').waitFor()
    expect(problems).toEqual([])
    await tab.context().close()
  }, 60_000)

  it('says that the gateway does not respond, offline and with a 503, until it does', async () => {
    const { tab } = await open()
    const notice = tab.getByText('The gateway does not respond')
    await tab.context().setOffline(true)
    await notice.waitFor()
    await tab.context().setOffline(false)
    await notice.waitFor({ state: 'hidden' })
    await tab.route('**/list*', (route) => route.fulfill({ status: 503, json: { errors: [] } }))
    await notice.waitFor()
    await tab.context().close()
  }, 60_000)

  it('can be used on a phone and by everyone, with long addresses too', async () => {
    const email = `${'x'.repeat(64)}@${'long-name.'.repeat(17)}example.com`
    await gateway.ask(RegisterDocument, { input: { email } })
    await gateway.codeFor(email)
    const { tab } = await open()
    await tab.getByText(email).waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.emulateMedia({ colorScheme })
      expect(await findAccessibilityProblems(tab)).toEqual([])
    }
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(390)
    await tab.context().close()
  }, 60_000)
})
