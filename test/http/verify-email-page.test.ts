import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { LoginDocument, RegisterDocument } from '../generated/graphql.ts'
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
    const signsIn = async () =>
      (await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })).code === undefined
    return { token: await gateway.linkTokenFor(email), signsIn }
  }

  it('uses the token on the click only, confirms the address, and removes the token from the URL', async () => {
    const { gateway, page } = await serve()
    const { token, signsIn } = await register(gateway)
    const tab = await browser.newPage()
    const requests: string[] = []
    tab.on('request', (request) => requests.push(request.url()))
    await tab.goto(`${page}#token=${token}`)
    await tab.getByRole('button').waitFor()
    expect(requests.join()).not.toContain(token)
    expect(tab.url()).toBe(page)
    expect(await signsIn()).toBe(false)
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: 'E-mail address confirmed' }).waitFor()
    expect(await signsIn()).toBe(true)
    await tab.close()
  }, 60_000)

  it('reports a used link, a missing token and a gateway that is not available', async () => {
    const { gateway, page } = await serve()
    const { token } = await register(gateway)
    const tab = await browser.newPage()
    const broken = tab.getByRole('heading', { name: /no longer valid/ })
    await tab.goto(page)
    await broken.waitFor()
    await tab.goto(`${page}?again#token=${token}`)
    await tab.route('**/graphql', (route) => route.abort())
    await tab.getByRole('button').click()
    await tab.getByText('Try again in a moment').waitFor()
    await tab.unroute('**/graphql')
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: 'E-mail address confirmed' }).waitFor()
    await tab.goto(`${page}?twice#token=${token}`)
    await tab.getByRole('button').click()
    await broken.waitFor()
    await tab.close()
  }, 60_000)

  it('works with an allow-list of operations', async () => {
    const { gateway } = await serve()
    const { token, signsIn } = await register(gateway)
    const listed = await gateway.sibling({ PERSISTED_OPERATIONS: 'test/generated/persisted-documents.json' })
    const address = await listed.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const tab = await browser.newPage()
    await tab.goto(`${address}/verify-email#token=${token}`)
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: 'E-mail address confirmed' }).waitFor()
    expect(await signsIn()).toBe(true)
    await tab.close()
    await listed.app.close()
  }, 60_000)
})
