import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreatePostDocument, LogoutDocument } from '../../../test/generated/graphql.ts'
import { BACKENDS, type Backend } from '../../../test/support/backends.ts'
import { startGateway, type TestGateway } from '../../../test/support/gateway.ts'
import { describeWith } from '../../../test/support/servers/binaries.ts'
import { launchBrowser, openApp } from '../support/app-page.ts'
import { bundleApp } from '../support/bundle-app.ts'
import { createConsumer, type ConsumerProject } from '../support/consumer-project.ts'
import { moveFiles, readPageFiles } from '../support/page-files.ts'

/** Pages with an application of their own. */
const APPS = ['apollo', 'urql', 'tanstack-query', 'fetch'] as const
const PARTS = ['subscriptions', 'errors'] as const
const LIFETIME_MS = 16 * 60_000
/** Exposes the parts to the test. */
const EXPOSE = `import { auth } from './src/auth'
import { describeError } from './src/describe-error'
import { watchEvents } from './src/watch-events'
import { watchSocket } from './src/watch-socket'
Object.assign(globalThis, { auth, describeError, watchEvents, watchSocket })
`
interface Exposed {
  readonly auth: {
    login(input: object): Promise<unknown>
    getAccessToken(): Promise<string | null>
  }
  readonly describeError: (error: unknown) => string
  readonly events: string[]
  readonly watchEvents: (onEvent: (kind: string) => void) => () => void
  readonly watchSocket: (onEvent: (kind: string) => void) => () => void
}

/** Resolves once the page has sent its subscription, or the gateway has responded to it. */
async function waitForStream(page: Page, name: 'watchSocket' | 'watchEvents'): Promise<unknown> {
  if (name === 'watchEvents')
    return page.waitForResponse((one) => /event-stream/.test(one.headers()['content-type'] ?? ''))
  const socket = await page.waitForEvent('websocket')
  return socket.waitForEvent('framesent', ({ payload }) => payload.toString().includes('"subscribe"'))
}

let project: ConsumerProject
beforeAll(async () => {
  project = await createConsumer()
  const shared = readPageFiles('docs/clients/README.md')
  for (const page of APPS)
    project.write(moveFiles({ ...shared, ...readPageFiles(`docs/clients/${page}.md`) }, page))
  for (const page of PARTS)
    project.write(moveFiles({ ...shared, ...readPageFiles(`docs/clients/${page}.md`) }, 'parts'))
  project.write({ 'parts/expose.ts': EXPOSE, ...moveFiles(readPageFiles('README.md'), 'readme') })
}, 120_000)
afterAll(() => project.remove())

describe('the code of the pages on clients', () => {
  it('compiles in a project that has installed the package', () => {
    const files = ['readme', ...APPS].map((page) => `${page}/src/main.tsx`)
    const options = ['--module', 'esnext', '--moduleResolution', 'bundler']
    expect(project.compile(6, [...options, ...files, 'parts/expose.ts'])).toBe('')
  })
})

describeWith(['chromium'], 'in a page of the gateway', () => {
  let browser: Browser
  let gateway: TestGateway
  let url = ''
  beforeAll(async () => {
    browser = await launchBrowser()
    gateway = await startGateway((BACKENDS as readonly [Backend])[0])
    url = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await gateway.close()
  })

  async function open(entry: string) {
    const account = await gateway.signUp()
    const input = { title: `By ${account.email}`, content: 'Text.', published: true }
    await gateway.ask(CreatePostDocument, { input }, account.accessToken)
    const opened = await openApp(browser, url, await bundleApp(join(project.folder, entry)))
    const signIn = async (password = account.password) => {
      await opened.page.getByRole('textbox', { name: /mail/i }).fill(account.email)
      await opened.page.getByLabel(/password/i).fill(password)
      await opened.page.getByRole('button', { name: 'Sign in' }).click()
    }
    return { account, title: input.title, signIn, ...opened }
  }

  async function openParts() {
    const opened = await open('parts/expose.ts')
    await opened.page.waitForFunction(() => 'auth' in globalThis)
    return opened
  }

  it('the sign-in of the README signs in and out', async () => {
    const { page, signIn } = await open('readme/src/main.tsx')
    await signIn()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await page.context().close()
  })

  it.each(APPS)(
    'the application of %s.md signs in, and stays signed in when a token expires',
    async (app) => {
      const { page, title, signIn } = await open(`${app}/src/main.tsx`)
      await signIn('wrong')
      await page.getByRole('alert').filter({ hasText: 'Invalid e-mail address or password.' }).waitFor()
      await signIn()
      await page.getByRole('listitem').filter({ hasText: title }).waitFor()
      gateway.passTime(LIFETIME_MS)
      const [response] = await Promise.all([
        page.waitForResponse((one) => (one.request().postData() ?? '').includes('query Posts') && one.ok()),
        page.getByRole('button', { name: 'Reload' }).click(),
      ])
      expect(await response.text()).toContain(title)
      await page.getByRole('listitem').filter({ hasText: title }).waitFor()
      expect(await page.getByRole('alert').allTextContents()).not.toContain(expect.stringMatching(/./))
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('button', { name: 'Sign in' }).waitFor()
      await page.context().close()
    },
  )

  it.each(['watchSocket', 'watchEvents'] as const)(
    '%s of subscriptions.md reports the end of the session',
    async (name) => {
      const { account, page } = await openParts()
      const opening = waitForStream(page, name)
      const token = await page.evaluate(
        async ([watch, email, password]) => {
          const exposed = globalThis as unknown as Exposed
          await exposed.auth.login({ email, password })
          Object.assign(globalThis, { events: [] })
          exposed[watch]((kind) => void exposed.events.push(kind))
          return exposed.auth.getAccessToken()
        },
        [name, account.email, account.password] as const,
      )
      await opening
      await page.waitForTimeout(500)
      await gateway.ask(LogoutDocument, {}, token ?? '')
      await expect
        .poll(() => page.evaluate(() => (globalThis as unknown as Exposed).events))
        .toEqual(['ENDED'])
      await page.context().close()
    },
  )

  it('describeError of errors.md describes what the gateway rejects', async () => {
    const { account, page } = await openParts()
    const describe = (email: string, password: string) =>
      page.evaluate(
        async (input) => {
          const { auth, describeError } = globalThis as unknown as Exposed
          return auth.login(input).then(String, describeError)
        },
        { email, password },
      )
    expect(await describe(account.email, 'wrong')).toBe('Invalid e-mail address or password.')
    expect(await describe('no address', 'wrong')).toBe('email: INVALID_EMAIL')
    await page.context().setOffline(true)
    expect(await describe(account.email, account.password)).toBe('You are offline.')
    await page.context().close()
  })
})
