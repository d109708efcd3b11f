import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { addApp } from '../features/mfa-steps.ts'
import { LogoutDocument } from '../generated/graphql.ts'
import { findAccessibilityProblems, launchBrowser, watchPage } from '../support/browser.ts'
import { newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { eventually } from '../support/servers/processes.ts'

describeWith(['chromium'], 'the IDE', () => {
  let browser: Browser
  let gateway: TestGateway
  let address: string
  beforeAll(async () => void (browser = await launchBrowser()), 60_000)
  beforeEach(async () => {
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], {
      NODE_ENV: 'development',
      OTP_EXPOSE_CODE: 'on',
      RATE_LIMIT_SCALE: '1000',
    })
    address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterEach(() => gateway.close())
  afterAll(() => browser.close())

  async function open(
    options: BrowserContextOptions = {},
  ): Promise<{ readonly page: Page; readonly violations: readonly string[] }> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options })
    const violations = watchPage(page, address)
    await page.goto(`${address}/graphql`)
    await page.getByRole('tab', { name: 'Register' }).waitFor()
    return { page, violations }
  }

  /** Executes the operation of a tab, once the page has drawn the tab with the values that it gets. */
  async function execute(page: Page, tab: string): Promise<void> {
    await page.getByRole('button', { name: tab, exact: true }).click()
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 100)))')
    await page.getByLabel(/Execute query/).click()
  }

  /** Runs the operation of a tab; returns the text of the response. */
  async function run(page: Page, tab: string, expected: RegExp): Promise<string> {
    await execute(page, tab)
    const response = page.locator('.result-window .CodeMirror-code')
    await eventually(async () => expected.test((await response.innerText()).replaceAll(/\s+/g, ' ')), 20_000)
    return response.innerText()
  }

  it('has a tab for each step, which get the code and the access token of the steps before them', async () => {
    const { page, violations } = await open()
    await run(page, 'Register', /"otpCode": "\d+"/)
    await run(page, 'Verify', /"accessToken": "ey/)
    await run(page, 'Me', /"email": "ada@example\.com"/)
    await run(page, 'CreatePost', /"createPost": \{ "id"/)
    await run(page, 'Posts', /"nodes": \[ \{ "id"/)
    await run(page, 'Sessions', /"current": true/)
    await run(page, 'SignOut', /"revokedSessions": 1/)
    await run(page, 'Me', /"code": "UNAUTHENTICATED".*"reason": "TOKEN_MISSING"/)
    await run(page, 'RequestCode', /"otpCode": "\d+"/)
    await run(page, 'SignInByCode', /"accessToken": "ey/)
    await run(page, 'Me', /"email": "ada@example\.com"/)
    expect(violations).toEqual([])
    await page.close()
  }, 120_000)

  it('runs subscriptions with the token of its tab', async () => {
    const session = await gateway.signUp('ada@example.com', 'correct horse battery staple')
    const { page, violations } = await open()
    await run(page, 'SignIn', /"accessToken": "ey/)
    let isSubscribed = false
    page.on('websocket', (socket) =>
      socket.on(
        'framesent',
        ({ payload }) => void (isSubscribed ||= String(payload).includes('"subscribe"')),
      ),
    )
    await execute(page, 'Watch')
    await page.getByLabel(/Stop query/).waitFor()
    await eventually(async () => isSubscribed)
    await gateway.ask(LogoutDocument, { everywhere: true }, session.accessToken)
    const response = page.locator('.result-window .CodeMirror-code')
    await eventually(async () => /"kind": "ENDED"/.test(await response.innerText()), 20_000)
    expect(violations).toEqual([])
    await page.close()
  }, 120_000)

  it('signs in by a code for every tab, keeps that over a reload, and signs out', async () => {
    const email = newAddress()
    const { page, violations } = await open()
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByLabel('E-mail address').fill(email)
    expect(await findAccessibilityProblems(page, '#sign-in')).toEqual([])
    await page.getByRole('button', { name: 'Create account' }).click()
    const code = page.getByLabel('Code', { exact: true })
    await code.waitFor()
    expect(await code.inputValue()).toMatch(/^\d{6}$/)
    await code.fill('12')
    await page.locator('#step-code').getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await code.fill(await gateway.codeFor(email))
    await page.locator('#step-code').getByRole('button', { name: 'Sign in' }).click()
    await page.getByText(`Signed in as ${email}`).waitFor()
    await page.reload()
    await page.getByText(`Signed in as ${email}`).waitFor()
    await run(page, 'Me', new RegExp(`"email": "${email}"`))
    await run(page, 'Sessions', /"current": true/)
    expect(await findAccessibilityProblems(page, '#bar')).toEqual([])
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.getByText('Not signed in').waitFor()
    await run(page, 'Me', /"reason": "TOKEN_MISSING"/)
    expect(violations).toEqual([])
    await page.close()
  }, 120_000)

  it('asks for the second factor of an account', async () => {
    const { email, accessToken } = await gateway.signUp()
    await addApp(gateway, accessToken)
    const { page } = await open()
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByLabel('E-mail address').fill(email)
    await page.getByRole('button', { name: 'Send code' }).click()
    await page.locator('#step-code').getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Enter the code of the authenticator app').waitFor()
    await page.close()
  }, 60_000)

  it('can be used on a phone: the response is below the editor, both in full width', async () => {
    const { page } = await open({ viewport: { width: 390, height: 844 } })
    await run(page, 'Register', /"otpCode"/)
    const [editor, response] = await Promise.all(
      ['.graphiql-query-editor', '.graphiql-response'].map((part) => page.locator(part).boundingBox()),
    )
    expect(editor?.width).toBeGreaterThan(340)
    expect(response?.width).toBeGreaterThan(340)
    expect(response?.height).toBeGreaterThan(200)
    expect(response?.y).toBeGreaterThanOrEqual((editor?.y ?? 0) + (editor?.height ?? 0))
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    await page.close()
  }, 60_000)
})
