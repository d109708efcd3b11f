import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RegisterDocument } from '../generated/graphql.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { findAccessibilityProblems, launchBrowser, watchPage } from '../support/browser.ts'
import { newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { describeWith } from '../support/servers/binaries.ts'

/** The longest name, with markup, a placeholder and letters that are written from right to left. */
const PRODUCT = '<script>alert(1)</script> {{token}} خدمة עברית'.padEnd(60, 'x')
const SETTINGS = {
  NODE_ENV: 'development',
  RATE_LIMIT_SCALE: '1000',
  PRODUCT_NAME: PRODUCT,
  SUPPORT_EMAIL: 'help@example.com',
  TERMS_URL: 'https://example.com/terms?a={{link}}',
  PRIVACY_URL: 'https://example.com/privacy',
  APP_URL: 'https://app.example.com/',
}
const UNDO_TOKEN = `${'x'.repeat(24)}.${'y'.repeat(22)}`
/** Every state that the gateway reports to the script of a page. */
const STATES = {
  'verify-email': ['done', 'already', 'expired', 'limited', 'unavailable'],
  'undo-change': ['done', 'taken', 'expired', 'proof', 'wrong', 'limited', 'unavailable'],
} as const

let gateway: TestGateway
let address: string
beforeAll(async () => {
  gateway = await startGateway((BACKENDS as readonly [Backend])[0], SETTINGS)
  address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
}, 60_000)
afterAll(() => gateway.close())

async function register() {
  const email = newAddress()
  await gateway.ask(RegisterDocument, { input: { email, fullName: 'n'.repeat(200) } })
  const token = await gateway.linkTokenFor(email)
  const isConfirmed = async () => (await gateway.app.administration.show(email)).status === 'ACTIVE'
  return { token, isConfirmed }
}

function post(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const payload = new URLSearchParams(fields).toString()
  const type = 'application/x-www-form-urlencoded'
  return gateway.app.http.app.inject({
    ...{ method: 'POST', url, payload },
    headers: { 'content-type': type, ...headers },
  })
}

describe('a page behind a link', () => {
  it('spends nothing by the GET and HEAD of a scanner, with the token in the query too (SR-277)', async () => {
    const { token, isConfirmed } = await register()
    for (const method of ['GET', 'HEAD'] as const)
      for (const query of ['', `?token=${token}`, `?link=${token}`]) {
        const url = `/verify-email${query}`
        expect((await gateway.app.http.app.inject({ method, url })).statusCode).toBe(200)
      }
    expect(await isConfirmed()).toBe(false)
    expect((await post('/verify-email', { link: `https://x.example/#token=${token}` })).statusCode).toBe(200)
    expect(await isConfirmed()).toBe(true)
  })

  it('tells a link that was cut off, and what is no link, from one that has expired', async () => {
    const { token } = await register()
    const state = async (link: string) =>
      (await post('/verify-email', { link }, { accept: 'application/json' })).json<{ state: string }>().state
    expect(await state(token.slice(0, -1))).toBe('broken')
    expect(await state('')).toBe('broken')
    expect(await state(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).toBe('expired')
    gateway.passTime(61 * 60_000)
    expect(await state(token)).toBe('expired')
    const { statusCode, body } = await post('/verify-email', { link: token })
    expect([statusCode, body.includes('data-state="expired"')]).toEqual([400, true])
  })

  it('accepts no form at /graphql and no JSON itself (SR-277)', async () => {
    expect((await post('/graphql', { query: '{ me { id } }' })).statusCode).toBe(415)
    const json = { method: 'POST', url: '/verify-email', payload: { link: 'x' } } as const
    expect((await gateway.app.http.app.inject(json)).statusCode).toBe(415)
  })

  it('echoes a link without markup', async () => {
    const { body } = await post('/undo-change', { link: '"><script>alert(1)</script>' })
    expect(body).toContain('value="&#34;&#62;&#60;script&#62;')
  })
})

describeWith(['chromium'], 'a page behind a link', () => {
  let browser: Browser
  beforeAll(async () => void (browser = await launchBrowser()), 60_000)
  afterAll(() => browser.close())

  async function open(path: string, options: BrowserContextOptions = {}) {
    const viewport = { width: 390, height: 844 }
    const context = await browser.newContext({ viewport, ...options })
    const tab = await context.newPage()
    const problems = watchPage(tab, address)
    await tab.goto(`${address}/${path}`)
    return { tab, problems }
  }
  async function expectGoodState(tab: Page): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await tab.emulateMedia({ colorScheme })
      expect(await findAccessibilityProblems(tab)).toEqual([])
    }
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(390)
    expect(await tab.getByRole('banner').innerText()).toBe(PRODUCT)
  }

  it.each(Object.entries(STATES))(
    'has a screen for each state that axe finds nothing on, with a hostile name: /%s',
    async (path, states) => {
      const token = path === 'undo-change' ? UNDO_TOKEN : (await register()).token
      const { tab, problems } = await open(`${path}#token=${token}`)
      await expectGoodState(tab)
      for (const state of states) {
        await tab.unroute('**')
        await tab.route('**', (route) =>
          route.request().method() === 'POST' ? route.fulfill({ json: { state } }) : route.continue(),
        )
        await tab.goto(`${address}/${path}?${state}#token=${token}`)
        await tab.getByRole('button').click()
        await tab.locator(`[data-state="${state}"]`).waitFor()
        await tab.locator(':focus').waitFor()
        await expectGoodState(tab)
      }
      await tab.goto(`${address}/${path}?broken`)
      await expectGoodState(tab)
      expect(problems).toEqual([])
      await tab.context().close()
    },
    60_000,
  )

  it('reports a 503 as an outage, and tries again with the same link', async () => {
    const { token, isConfirmed } = await register()
    const { tab } = await open(`verify-email#token=${token}`)
    await tab.route('**/verify-email', (route) => route.fulfill({ status: 503, json: { errors: [] } }))
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: 'That did not work' }).waitFor()
    await tab.unroute('**/verify-email')
    await tab.getByRole('button', { name: 'Try again' }).click()
    await tab.getByRole('heading', { name: 'E-mail address confirmed' }).waitFor()
    expect(await isConfirmed()).toBe(true)
    await tab.context().close()
  }, 60_000)

  it('leads to the app, and shows its result again when the reader comes back', async () => {
    const { token } = await register()
    const { tab } = await open(`verify-email#token=${token}`)
    await tab.getByRole('button').click()
    const app = tab.getByRole('link', { name: 'Open the app' })
    expect(await app.getAttribute('href')).toBe('https://app.example.com/')
    await tab.goto(`${address}/undo-change`)
    await tab.goBack()
    await tab.getByRole('heading', { name: 'E-mail address confirmed' }).waitFor()
    await tab.context().close()
  }, 60_000)

  it('works without scripts: the reader pastes the link', async () => {
    const { token, isConfirmed } = await register()
    const { tab } = await open(`verify-email?lang=ko#token=${token}`, { javaScriptEnabled: false })
    await tab
      .getByLabel('메시지의 링크를 붙여 넣으세요')
      .fill(`https://x.example/verify-email#token=${token}`)
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: '이메일 주소가 확인되었습니다' }).waitFor()
    expect(await isConfirmed()).toBe(true)
    await tab.context().close()
  }, 60_000)
})
