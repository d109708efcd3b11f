import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { RegisterDocument } from '../generated/graphql.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { findBinary } from '../support/servers/find-binary.ts'

/** Without network access of the browser itself. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']

describeWith(['chromium'], 'the page of confirmation links', () => {
  let browser: Browser
  const running: TestGateway[] = []
  beforeAll(async () => {
    const executablePath = findBinary('chromium') ?? ''
    browser = await chromium.launch({ executablePath, args: [...ARGUMENTS] })
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    for (const gateway of running) await gateway.close()
  })

  async function serve() {
    const gateway = await startGateway((BACKENDS as readonly [Backend])[0])
    running.push(gateway)
    const address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    return { gateway, page: `${address}/verify-email` }
  }
  async function register(gateway: TestGateway) {
    const email = newAddress()
    await gateway.ask(RegisterDocument, { input: { email, password: PASSWORD } })
    // The browser of the page has not registered the account, so it does not keep the password.
    const isConfirmed = async () => (await gateway.app.administration.show(email)).status === 'ACTIVE'
    return { token: await gateway.linkTokenFor(email), isConfirmed }
  }

  it('uses the token on the click only, confirms the address, and removes the token from the URL', async () => {
    const { gateway, page } = await serve()
    const { token, isConfirmed } = await register(gateway)
    const tab = await browser.newPage()
    const requests: string[] = []
    tab.on('request', (request) => requests.push(request.url()))
    await tab.goto(`${page}#token=${token}`)
    await tab.getByRole('button').waitFor()
    expect(requests.join()).not.toContain(token)
    expect(tab.url()).toBe(page)
    expect(await isConfirmed()).toBe(false)
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: 'E-mail address confirmed' }).waitFor()
    expect(await isConfirmed()).toBe(true)
    await tab.close()
  }, 60_000)

  it('reports a used link, a missing token and a gateway that is not available', async () => {
    const { gateway, page } = await serve()
    const { token } = await register(gateway)
    const tab = await browser.newPage()
    const broken = tab.getByRole('heading', { name: 'This link is not complete' })
    await tab.goto(page)
    await broken.waitFor()
    await tab.goto(`${page}?cut#token=${token.slice(0, -1)}`)
    await broken.waitFor()
    await tab.goto(`${page}?again#token=${token}`)
    await tab.context().setOffline(true)
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: 'That did not work' }).waitFor()
    await tab.context().setOffline(false)
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: 'E-mail address confirmed' }).waitFor()
    await tab.goto(`${page}?twice#token=${token}`)
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: 'E-mail address already confirmed' }).waitFor()
    await tab.close()
  }, 60_000)

  it('shows the same after a reload: before the click, after it, and for a used link (SR-212)', async () => {
    const { gateway, page } = await serve()
    const { token, isConfirmed } = await register(gateway)
    const tab = await browser.newPage()
    await tab.goto(`${page}#token=${token}`)
    await tab.reload()
    expect(tab.url()).toBe(page)
    await tab.getByRole('button').click()
    const done = tab.getByRole('heading', { name: 'E-mail address confirmed' })
    await done.waitFor()
    expect(await isConfirmed()).toBe(true)
    await tab.reload()
    await done.waitFor()
    await tab.goto(`${page}?again#token=${token}`)
    await tab.getByRole('button').click()
    const already = tab.getByRole('heading', { name: 'E-mail address already confirmed' })
    await already.waitFor()
    await tab.reload()
    await already.waitFor()
    await tab.close()
  }, 60_000)

  it('has the language of the message and the name of the service (SR-215)', async () => {
    const gateway = await startGateway((BACKENDS as readonly [Backend])[0], {
      PUBLIC_URL: 'http://localhost:4000',
      VERIFY_EMAIL_URL: '',
      PRODUCT_NAME: 'Lighthouse & Co',
    })
    running.push(gateway)
    const address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const email = newAddress()
    await gateway.ask(RegisterDocument, { input: { email, locale: 'ko' } })
    await gateway.linkTokenFor(email)
    const [message] = await gateway.messagesTo(email)
    const [, path] =
      /http:\/\/localhost:4000(\/verify-email\?lang=ko#token=\S+)/.exec(message?.text ?? '') ?? []
    const tab = await browser.newPage({ locale: 'en-US' })
    await tab.goto(`${address}${path}`)
    await tab.getByRole('heading', { name: '이메일 주소 확인' }).waitFor()
    await tab.getByText('Lighthouse & Co').waitFor()
    await tab.reload()
    await tab.getByRole('button', { name: '내 이메일 주소 확인' }).click()
    await tab.getByRole('heading', { name: '이메일 주소가 확인되었습니다' }).waitFor()
    await tab.close()
  }, 60_000)

  it('works with an allow-list of operations', async () => {
    const { gateway } = await serve()
    const { token, isConfirmed } = await register(gateway)
    const listed = await gateway.sibling({ PERSISTED_OPERATIONS: 'test/generated/persisted-documents.json' })
    const address = await listed.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const tab = await browser.newPage()
    await tab.goto(`${address}/verify-email#token=${token}`)
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: 'E-mail address confirmed' }).waitFor()
    expect(await isConfirmed()).toBe(true)
    await tab.close()
    await listed.app.close()
  }, 60_000)
})
