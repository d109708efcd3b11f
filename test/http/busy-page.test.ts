import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { RegisterDocument } from '../generated/graphql.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { findBinary } from '../support/servers/find-binary.ts'
import { postTo } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'

/** Without network access of the browser itself. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']

describeWith(['chromium'], 'a page of a gateway that sheds load', () => {
  let browser: Browser
  let gateway: TestGateway
  let address: string
  let blockedBy: Promise<void> = Promise.resolve()
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findBinary('chromium') ?? '', args: [...ARGUMENTS] })
    const memory = createMemoryStore({ now: Date.now })
    const store = { ...memory, get: (keys: readonly string[]) => blockedBy.then(() => memory.get(keys)) }
    const settings = { MAX_IN_FLIGHT: '1', REQUEST_SECONDS: '60', PRODUCT_NAME: 'Lighthouse & Söhne' }
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], settings, { store })
    address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await gateway.close()
  })

  /** Fills the only place of the gateway; returns the function that frees it. */
  async function fill(): Promise<() => Promise<unknown>> {
    const { accessToken } = await gateway.signUp()
    let release = () => {}
    blockedBy = new Promise((resolve) => (release = resolve))
    const work = postTo(address, '{ me { id } }', {}, { authorization: `Bearer ${accessToken}` })
    await eventually(async () => (await fetch(`${address}/nowhere`)).status === 503)
    return () => {
      release()
      return work
    }
  }

  it('says so in the language of the browser, and becomes the page of the link by itself', async () => {
    const email = newAddress()
    await gateway.ask(RegisterDocument, { input: { email } })
    const token = await gateway.linkTokenFor(email)
    const free = await fill()
    const tab = await browser.newPage({ locale: 'ko-KR' })
    await tab.goto(`${address}/verify-email#token=${token}`)
    await tab.getByRole('heading', { name: '서비스가 혼잡합니다' }).waitFor()
    await tab.getByText('Lighthouse & Söhne').waitFor()
    await free()
    await tab.getByRole('button', { name: '내 이메일 주소 확인' }).click()
    await tab.getByRole('heading', { name: '이메일 주소가 확인되었습니다' }).waitFor()
    await tab.close()
  })

  it('is sent with 503, its policy and the time to retry, and only where a browser opens a page', async () => {
    const free = await fill()
    const page = await fetch(`${address}/verify-email`, { headers: { accept: 'text/html,*/*;q=0.8' } })
    expect(page.status).toBe(503)
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'sha256-.*frame-ancestors 'none'$/,
      ),
      'retry-after': '5',
      vary: 'Accept, Accept-Language',
      'cache-control': 'no-store',
    })
    for (const init of [{}, { method: 'POST', headers: { accept: 'text/html' } }]) {
      const other = await fetch(`${address}/verify-email`, init)
      expect([other.status, other.headers.get('content-type')]).toEqual([
        503,
        'application/json; charset=utf-8',
      ])
    }
    await free()
  })
})
