import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { findBinary } from './servers/find-binary.ts'

/** Without network access of the browser itself. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking']
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Starts Chromium. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findBinary('chromium') ?? '', args: [...ARGUMENTS] })
}

/** What a page reports: violations of its policy, errors of its scripts, and requests to other origins. */
export function watchPage(page: Page, origin: string): readonly string[] {
  const problems: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy|violates/i.test(message.text())) problems.push(message.text())
  })
  page.on('pageerror', (error) => void problems.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) problems.push(request.url())
  })
  return problems
}

/** What axe-core finds in a part of the page: the rules and the elements that break them. */
export async function findAccessibilityProblems(page: Page, selector = 'html'): Promise<string[]> {
  await page.evaluate(AXE)
  return page.evaluate(`axe.run(document.querySelector('${selector}'), { iframes: false, resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`)
}
