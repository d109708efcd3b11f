import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { launchChromium, startAppSite, type AppSite } from '../test/support/app-site.ts'
import { showState } from '../test/support/show-state.ts'
import { STATES } from '../test/support/states.ts'

// Takes pictures of the app: those of docs/images, or with a folder as the argument all states of the app on
// phone and desktop, light and dark, in English and Korean. A second argument selects those whose names match
// it, such as `phone-dark`.

const DEVICES = { phone: { width: 390, height: 780 }, desktop: { width: 1280, height: 800 } } as const
const LOCALES = { en: 'en-GB', ko: 'ko-KR' } as const

/** A picture: what it shows, and how. */
interface Picture {
  readonly state: string
  readonly device: keyof typeof DEVICES
  readonly colorScheme: 'light' | 'dark'
  readonly language: keyof typeof LOCALES
}

/** Pictures of the documentation. */
const PICTURES: Readonly<Record<string, Picture>> = {
  'app-sign-in': { state: 'sign-in', device: 'phone', colorScheme: 'light', language: 'en' },
  'app-register-refused': { state: 'register-refused', device: 'phone', colorScheme: 'dark', language: 'en' },
  'app-code': { state: 'code', device: 'phone', colorScheme: 'dark', language: 'ko' },
  'app-factor-setup': { state: 'factor-setup', device: 'phone', colorScheme: 'light', language: 'en' },
  'app-offline': { state: 'offline', device: 'phone', colorScheme: 'light', language: 'ko' },
  'app-posts': { state: 'posts', device: 'desktop', colorScheme: 'light', language: 'en' },
  'app-conflict': { state: 'post-conflict', device: 'desktop', colorScheme: 'light', language: 'en' },
  'app-sessions': { state: 'sessions', device: 'desktop', colorScheme: 'dark', language: 'ko' },
}

/** Most bytes of a picture of the documentation. */
const MAX_BYTES = 150_000

async function take(browser: Browser, site: AppSite, picture: Picture, file: string): Promise<void> {
  const { page, context } = await showState(browser, site, picture.state, {
    viewport: DEVICES[picture.device],
    locale: LOCALES[picture.language],
    colorScheme: picture.colorScheme,
    reducedMotion: 'reduce',
  })
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: file, fullPage: true })
  await context.close()
  process.stdout.write(`${file} ${statSync(file).size}\n`)
}

function listAll(): Readonly<Record<string, Picture>> {
  const pictures = Object.keys(STATES).flatMap((state) =>
    (['phone', 'desktop'] as const).flatMap((device) =>
      (['light', 'dark'] as const).flatMap((colorScheme) =>
        (['en', 'ko'] as const).map((language) => ({ state, device, colorScheme, language })),
      ),
    ),
  )
  return Object.fromEntries(
    pictures.map((picture) => [
      `${picture.state}-${picture.device}-${picture.colorScheme}-${picture.language}`,
      picture,
    ]),
  )
}

const [target, pattern = ''] = process.argv.slice(2)
const folder = target ?? resolve(import.meta.dirname, '../../docs/images')
const browser = await launchChromium()
const site = await startAppSite()
for (const [name, picture] of Object.entries(target === undefined ? PICTURES : listAll())) {
  if (!new RegExp(pattern).test(name)) continue
  const file = join(folder, `${name}.png`)
  await take(browser, site, picture, file)
  if (target === undefined && statSync(file).size > MAX_BYTES)
    throw new Error(`${name}.png has more than ${MAX_BYTES} bytes`)
}
await browser.close()
await site.close()
process.exit()
