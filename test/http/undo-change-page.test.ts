import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addApp } from '../features/mfa-steps.ts'
import { change, loginCode } from '../features/password-steps.ts'
import { STRANGER_PASSWORD, undoTokenFor } from '../features/recovery-steps.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { PASSWORD, startGateway, type TestGateway } from '../support/gateway.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { findBinary } from '../support/servers/find-binary.ts'

/** Without network access of the browser itself. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']

describeWith(['chromium'], 'the page of undo links', () => {
  let browser: Browser
  let gateway: TestGateway
  let page = ''
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findBinary('chromium') ?? '', args: [...ARGUMENTS] })
    gateway = await startGateway((BACKENDS as readonly [Backend])[0])
    page = `${await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })}/undo-change`
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await gateway.close()
  })

  it('uses the token on the click only, and removes it from the URL (SR-209)', async () => {
    const mine = await gateway.signUp()
    await change(gateway, mine, PASSWORD, STRANGER_PASSWORD)
    const token = await undoTokenFor(gateway, mine.email)
    const tab = await browser.newPage()
    const requests: string[] = []
    tab.on('request', (request) => requests.push(`${request.url()} ${request.headers()['referer'] ?? ''}`))
    await tab.goto(`${page}#token=${token}`)
    await tab.getByRole('button').waitFor()
    expect([requests.join().includes(token), tab.url()]).toEqual([false, page])
    expect(await loginCode(gateway, mine.email, STRANGER_PASSWORD)).toBeUndefined()
    expect(await tab.getByRole('textbox').count()).toBe(0)
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: 'The change was undone' }).waitFor()
    expect(requests.join()).not.toContain(token)
    expect(await loginCode(gateway, mine.email, PASSWORD)).toBeUndefined()
    await tab.close()
  }, 60_000)

  it('shows the same after a reload: before the click and after it (SR-209)', async () => {
    const mine = await gateway.signUp()
    await change(gateway, mine, PASSWORD, STRANGER_PASSWORD)
    const tab = await browser.newPage()
    await tab.goto(`${page}/#token=${await undoTokenFor(gateway, mine.email)}`)
    await tab.reload()
    expect(tab.url()).toBe(`${page}/`)
    await tab.getByRole('button').click()
    const done = tab.getByRole('heading', { name: 'The change was undone' })
    await done.waitFor()
    await tab.reload()
    await done.waitFor()
    await tab.close()
  }, 60_000)

  it('asks for the password from before the change only where a second factor is affected (SR-209)', async () => {
    const mine = await gateway.signUp()
    await addApp(gateway, mine.accessToken)
    const token = await undoTokenFor(gateway, mine.email)
    const tab = await browser.newPage()
    await tab.goto(`${page}#token=${token}`)
    await tab.getByRole('button').click()
    await tab.getByLabel('Password before the change').fill('not this one')
    await tab.keyboard.press('Enter')
    await tab.getByRole('alert').waitFor()
    await tab.getByLabel('Password before the change').fill(PASSWORD)
    await tab.keyboard.press('Enter')
    await tab.getByRole('heading', { name: 'The change was undone' }).waitFor()
    await tab.close()
  }, 60_000)

  it('reports a used link, a missing token and a gateway that is not available, in Korean too', async () => {
    const tab = await browser.newPage({ locale: 'ko-KR' })
    await tab.goto(page)
    await tab.getByRole('heading', { name: '링크가 완전하지 않습니다' }).waitFor()
    await tab.goto(`${page}?again#token=${'x'.repeat(24)}.${'y'.repeat(22)}`)
    await tab.context().setOffline(true)
    await tab.getByRole('button').click()
    await tab.getByText('잠시 후 다시 시도해 주세요').waitFor()
    await tab.context().setOffline(false)
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: '더 이상 유효하지 않은 링크입니다' }).waitFor()
    await tab.close()
  }, 60_000)

  it('works with an allow-list of operations', async () => {
    const mine = await gateway.signUp()
    await change(gateway, mine, PASSWORD, STRANGER_PASSWORD)
    const listed = await gateway.sibling({ PERSISTED_OPERATIONS: 'test/generated/persisted-documents.json' })
    const address = await listed.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const tab = await browser.newPage()
    await tab.goto(`${address}/undo-change#token=${await undoTokenFor(gateway, mine.email)}`)
    await tab.getByRole('button').click()
    await tab.getByRole('heading', { name: 'The change was undone' }).waitFor()
    await tab.close()
    await listed.app.close()
  }, 60_000)
})
