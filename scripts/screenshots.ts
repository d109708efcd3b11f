import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { createDevMailboxWriter } from '../src/adapters/dev-mailbox/dev-mailbox-writer.ts'
import { migrate } from '../src/adapters/database/migrations.ts'
import { createApp } from '../src/composition/app.ts'
import { loadConfig } from '../src/config/load-config.ts'
import { parseEmail } from '../src/core/email-address.ts'
import { LANGUAGES } from '../src/core/languages.ts'
import { parsePhone } from '../src/core/phone.ts'
import { createMessageRenderer } from '../src/features/notifications/message-renderer.ts'
import type { CodeNotification, Notification } from '../src/features/notifications/notification.ts'
import { createLanguages } from '../src/locales/languages.ts'
import { createLog } from '../src/http/log.ts'

/** Most bytes of an image. */
const MAX_BYTES = 150_000

const images = join(resolve(import.meta.dirname, '..'), 'docs/images')
const { renderMail, renderSms } = createMessageRenderer({
  product: 'GraphQL Auth Gateway',
  publicUrl: 'https://auth.example.com',
  languages: createLanguages('en'),
})

const code = (purpose: 'LOGIN' | 'VERIFY_EMAIL', link: string | null): CodeNotification => ({
  kind: 'code',
  purpose,
  code: '482913',
  minutes: 5,
  link,
})
const SIGN_IN = code('LOGIN', null)
const CONFIRM: Notification = {
  ...code('VERIFY_EMAIL', 'https://app.example.com/confirm#challenge=Jd8Kx2&code=482913'),
  linkMinutes: 60,
}
/** The same after the code has expired. */
const CONFIRM_BY_LINK: Notification = { ...CONFIRM, minutes: 0, linkMinutes: 48 }

const CHANGED: Notification = {
  kind: 'password-changed',
  origin: { at: '2026-01-31T08:15:00.000Z', network: '203.0.113.x', device: 'Firefox on Linux' },
  undo: {
    link: 'https://auth.example.com/undo-change#token=Wn3vQ0xkT5bE7yL2cR9dZ8aM.Kp4sJ6hG1fD0qV3wX5uB7n',
    hours: 72,
  },
}

/** In the form of a token; the page does not use it before a click. */
const EXAMPLE_TOKEN = ['a'.repeat(43), 'b'.repeat(24), 'c'.repeat(43)].join('.')

const run = promisify(execFile)

/** Takes a screenshot of a page. `dark`: with the dark color scheme. */
async function takeScreenshot(address: string, name: string, height: number, dark = false): Promise<void> {
  const file = join(images, `${name}.png`)
  const options = [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--virtual-time-budget=3000'],
    ...[`--window-size=680,${height}`, `--screenshot=${file}`],
    ...(dark ? ['--blink-settings=preferredColorScheme=0'] : []),
  ]
  await run('chromium', [...options, address], { timeout: 60_000 })
  const { size } = statSync(file)
  if (size > MAX_BYTES) throw new Error(`${name}.png has ${size} bytes, more than ${MAX_BYTES}`)
  process.stdout.write(`${name}.png ${size}\n`)
}

/** Korean text needs a font that has its glyphs. */
function requireKoreanFont(): void {
  if (execFileSync('fc-list', [':lang=ko'], { encoding: 'utf8' }).trim() === '')
    throw new Error('no Korean font is installed; on Debian: apt-get install fonts-noto-cjk')
}

async function captureMails(folder: string): Promise<void> {
  const mail = async (notice: Notification, language: string, name: string, height: number, dark = false) => {
    const file = join(folder, `${name}.html`)
    writeFileSync(file, renderMail(notice, [language]).html)
    await takeScreenshot(pathToFileURL(file).href, name, height, dark)
  }
  for (const language of LANGUAGES) {
    await mail(SIGN_IN, language, `mail-code-${language}`, 500)
    await mail(CONFIRM, language, `mail-confirm-${language}`, 690)
    await mail(CONFIRM_BY_LINK, language, `mail-link-${language}`, 520)
    await mail(CHANGED, language, `mail-undo-${language}`, 590)
  }
  await mail(CONFIRM, 'en', 'mail-confirm-dark', 690, true)
}

async function captureDevMailbox(folder: string): Promise<void> {
  const config = loadConfig({
    variables: { DATA_DIR: folder, LOG_LEVEL: 'silent', PORT: '0' },
    readFile: () => '',
  })
  await migrate({ url: config.database.url, now: Date.now })
  let now = Date.UTC(2026, 0, 31, 8)
  const devMailbox = createDevMailboxWriter({
    folder: join(folder, 'outbox'),
    now: () => (now += 41_000),
    show: null,
  })
  const signal = new AbortController().signal
  const mail = async (address: string, notice: Notification) => {
    const to = parseEmail(address)
    if (to) await devMailbox.mail.send({ id: address, to, ...renderMail(notice, ['en']) }, signal)
  }
  await mail('grace@example.com', { kind: 'password-changed' })
  const phone = parsePhone('+821012345678')
  if (phone) await devMailbox.sms.send({ id: phone, to: phone, text: renderSms(SIGN_IN, ['ko']) }, signal)
  await mail('ada@example.com', SIGN_IN)
  const app = await createApp(config, createLog('silent'), { show: null })
  const address = await app.http.app.listen({ host: config.server.host, port: config.server.port })
  await takeScreenshot(`${address}/dev/outbox`, 'dev-outbox', 1400)
  await takeScreenshot(`${address}/verify-email#token=${EXAMPLE_TOKEN}`, 'page-verify-email', 480)
  await app.close()
}

requireKoreanFont()
mkdirSync(images, { recursive: true })
const folder = mkdtempSync(join(tmpdir(), 'screenshots-'))
await captureMails(folder)
await captureDevMailbox(folder)
rmSync(folder, { recursive: true })
