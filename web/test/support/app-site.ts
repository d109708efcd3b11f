import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core'
import { BACKENDS, type Backend } from '../../../test/support/backends.ts'
import { startGateway, type TestGateway } from '../../../test/support/gateway.ts'
import { findBinary } from '../../../test/support/servers/find-binary.ts'

/** Without network access of the browser itself. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']

/** A gateway in development that serves the app. */
export interface AppSite {
  readonly gateway: TestGateway
  /** On `localhost`, where browsers keep cookies for TLS without TLS. */
  readonly origin: string
  close(): Promise<void>
}

/** A page of the app, and what went wrong in it. */
export interface AppPage {
  readonly context: BrowserContext
  readonly page: Page
  /** Uncaught errors, and violations of the content security policy. */
  readonly problems: readonly string[]
}

/** Starts the gateway on a free port. By default refresh tokens are in a cookie, as in production. */
export async function startAppSite(settings: Record<string, string> = {}): Promise<AppSite> {
  const gateway = await startGateway((BACKENDS as readonly [Backend])[0], {
    NODE_ENV: 'development',
    REFRESH_TRANSPORT: 'cookie',
    OTP_EXPOSE_CODE: 'off',
    RATE_LIMIT_SCALE: '1000',
    ...settings,
  })
  const address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = new URL(address)
  return { gateway, origin: `http://localhost:${port}`, close: () => gateway.close() }
}

/** Starts Chromium. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findBinary('chromium') ?? '', args: [...ARGUMENTS] })
}

/** Opens a browser profile of its own at a path of the app. English, unless `locale` says otherwise. */
export async function openApp(
  browser: Browser,
  site: AppSite,
  path = '',
  options: BrowserContextOptions = {},
): Promise<AppPage> {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  const problems = watchPage(page)
  await page.goto(`${site.origin}/app${path}`)
  return { context, page, problems }
}

/** Collects what goes wrong in a page. */
export function watchPage(page: Page): readonly string[] {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    if (/Content Security Policy|Warning:/i.test(message.text())) problems.push(message.text())
  })
  return problems
}

/** Waits for the heading of a screen. */
export function waitForTitle(page: Page, title: string | RegExp): Promise<void> {
  return page.getByRole('heading', { level: 1, name: title }).waitFor()
}

/** Signs in by password in the app. */
export async function signIn(
  page: Page,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<void> {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}
