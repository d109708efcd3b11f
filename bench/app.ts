import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { findBinary } from '../test/support/servers/find-binary.ts'
import { freePort } from '../test/support/servers/processes.ts'
import { buildTable, median, report } from './figures.ts'

// The first screen of the app on a phone with a slow connection: network and processor of Chromium are
// throttled as Lighthouse does it, and its own observers say when something, and the largest part, was drawn.

const root = resolve(import.meta.dirname, '..')
const RUNS = 7
/** Bytes per second of 1.6 Mbit/s, and the round trip in milliseconds. */
const NETWORK = { downloadThroughput: 200_000, uploadThroughput: 93_750, latency: 150, offline: false }
/** A phone of the middle class has about a quarter of the speed of this processor. */
const SLOWDOWN = 4
/** Milliseconds in which the largest part of the first screen should be drawn. */
const TARGET_MS = 1500

/** What the page reads from its own observers, in milliseconds from the start of the navigation. */
interface Paint {
  readonly first: number
  readonly largest: number
  /** Until the form can be used. */
  readonly form: number
  readonly bytes: number
}

const READ_PAINT = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const largest = Math.max(...list.getEntries().map(({ startTime }) => startTime))
    const first = performance.getEntriesByName('first-contentful-paint')[0].startTime
    const sizes = [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]
    resolve({ first, largest, bytes: sizes.reduce((sum, { transferSize }) => sum + transferSize, 0) })
  }).observe({ type: 'largest-contentful-paint', buffered: true })
})`

async function measure(browser: Browser, url: string): Promise<Paint> {
  const context = await browser.newContext({ viewport: { width: 390, height: 780 }, isMobile: true })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', NETWORK)
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN })
  await page.goto(url)
  await page.locator('form').waitFor()
  const form = await page.evaluate<number>('performance.now()')
  // Until nothing is drawn any more.
  await page.waitForTimeout(500)
  const paint = await page.evaluate<Omit<Paint, 'form'>>(READ_PAINT)
  await context.close()
  return { ...paint, form }
}

const folder = mkdtempSync(join(tmpdir(), 'gateway-app-'))
const port = String(await freePort())
const gateway = spawn(process.execPath, ['dist/main.js'], {
  cwd: root,
  env: { PATH: process.env['PATH'], PORT: port, DATA_DIR: folder, REFRESH_TRANSPORT: 'cookie' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
await once(gateway.stdout, 'data')
const url = `http://127.0.0.1:${port}/app`
while (
  !(await fetch(url).then(
    ({ ok }) => ok,
    () => false,
  ))
);
const browser = await chromium.launch({
  executablePath: findBinary('chromium') ?? '',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
})
const paints: Paint[] = []
for (let run = 0; run < RUNS; run += 1) paints.push(await measure(browser, url))
await browser.close()
gateway.kill('SIGTERM')
await once(gateway, 'exit')
rmSync(folder, { recursive: true })
const middle = (name: keyof Paint) => Math.round(median(paints.map((paint) => paint[name])))
await report(
  'app',
  buildTable(
    ['first screen, 1.6 Mbit/s, 150 ms, processor ÷ 4', 'median'],
    [
      ['first contentful paint, ms', middle('first')],
      [`largest contentful paint, ms (target: ${TARGET_MS})`, middle('largest')],
      ['sign-in form, ms', middle('form')],
      ['transferred, kB', Math.round(middle('bytes') / 1000)],
    ],
  ),
)
