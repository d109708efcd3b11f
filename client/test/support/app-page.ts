import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { findBinary } from '../../../test/support/servers/find-binary.ts'

/**
 * Without network access of the browser itself. A page that a route fulfils has no address, so that Chromium
 * would refuse its sockets to loopback as access to a local network.
 */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets',
]

/** Starts Chromium. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findBinary('chromium') ?? '', args: [...ARGUMENTS] })
}

/** A page that runs an application, and what went wrong in it. */
export interface AppPage {
  readonly page: Page
  /** Uncaught errors, and errors and warnings of the console. */
  readonly problems: readonly string[]
  /** Texts that its WebSockets have sent. */
  readonly sentFrames: readonly string[]
}

/**
 * Opens an application at the path `/app` of a gateway, in a browser profile of its own. `values` is
 * `globalThis.values` in the page.
 */
export async function openApp(
  browser: Browser,
  gateway: string,
  code: string,
  values: Readonly<Record<string, string>> = {},
): Promise<AppPage> {
  const page = await (await browser.newContext()).newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text())
  })
  const sentFrames: string[] = []
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => sentFrames.push(payload.toString())),
  )
  const body = '<!doctype html><link rel="icon" href="data:,"><div id="root"></div>'
  await page.route(`${gateway}/app`, (route) => route.fulfill({ contentType: 'text/html', body }))
  await page.addInitScript((given) => Object.assign(globalThis, { values: given }), values)
  await page.goto(`${gateway}/app`)
  await page.addScriptTag({ content: code, type: 'module' })
  return { page, problems, sentFrames }
}
