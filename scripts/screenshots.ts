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
import { LANGUAGES, type Language } from '../src/core/languages.ts'
import { parsePhone } from '../src/core/phone.ts'
import { createMessageRenderer } from '../src/features/notifications/message-renderer.ts'
import type { Notification } from '../src/features/notifications/notification.ts'
import { createLog } from '../src/http/log.ts'

/** Most bytes of an image. */
const MAX_BYTES = 150_000

const images = join(resolve(import.meta.dirname, '..'), 'docs/images')
const { renderMail, renderSms } = createMessageRenderer({
  product: 'GraphQL Auth Gateway',
  publicUrl: 'https://auth.example.com',
  language: 'en',
})

const code = (purpose: 'LOGIN' | 'VERIFY_EMAIL', link: string | null): Notification => ({
  kind: 'code',
  purpose,
  code: '482913',
  minutes: 5,
  link,
})
const SIGN_IN = code('LOGIN', null)
const CONFIRM = code('VERIFY_EMAIL', 'https://app.example.com/confirm#challenge=Jd8Kx2&code=482913')

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
  const mail = async (
    notice: Notification,
    language: Language,
    name: string,
    height: number,
    dark = false,
  ) => {
    const file = join(folder, `${name}.html`)
    writeFileSync(file, renderMail(notice, [language]).html)
    await takeScreenshot(pathToFileURL(file).href, name, height, dark)
  }
  for (const language of LANGUAGES) {
    await mail(SIGN_IN, language, `mail-code-${language}`, 500)
    await mail(CONFIRM, language, `mail-confirm-${language}`, 690)
  }
  await mail(CONFIRM, 'en', 'mail-confirm-dark', 690, true)
}

async function captureDevMailbox(folder: string): Promise<void> {
  const config = loadConfig({
    variables: { DATA_DIR: folder, LOG_LEVEL: 'silent', PORT: '0' },
    readFile: () => '',
  })
  await migrate({ url: config.store.databaseUrl, now: Date.now })
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
  await takeScreenshot(`${address}/dev/outbox`, 'dev-outbox', 1130)
  await app.close()
}

requireKoreanFont()
mkdirSync(images, { recursive: true })
const folder = mkdtempSync(join(tmpdir(), 'screenshots-'))
await captureMails(folder)
await captureDevMailbox(folder)
rmSync(folder, { recursive: true })
