import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../../test/support/servers/binaries.ts'
import { launchChromium, startAppSite, type AppSite } from './support/app-site.ts'
import { showState } from './support/show-state.ts'
import { STATES } from './support/states.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PHONE = { width: 390, height: 780 }
const DESKTOP = { width: 1280, height: 800 }

/** What axe finds, as `rule: element`. */
async function findBarriers(page: Page, rules = ''): Promise<readonly string[]> {
  const results = await page.evaluate<AxeResults>(`${axe}; axe.run(${rules})`)
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

const isTooWide = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)

describeWith(['chromium'], 'the state', () => {
  let browser: Browser
  let site: AppSite
  beforeAll(async () => {
    browser = await launchChromium()
    site = await startAppSite()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await site.close()
  })

  it.each(Object.keys(STATES))(
    '%s has no barrier in either colour scheme, fits phone and desktop, and violates no policy',
    async (name) => {
      const { page, context, problems } = await showState(browser, site, name, {
        viewport: PHONE,
        reducedMotion: 'reduce',
      })
      expect(await isTooWide(page)).toBe(false)
      expect(await findBarriers(page)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await findBarriers(page, "{ runOnly: ['color-contrast'] }")).toEqual([])
      await page.setViewportSize(DESKTOP)
      expect(await isTooWide(page)).toBe(false)
      expect(problems).toEqual([])
      await context.close()
    },
  )
})
