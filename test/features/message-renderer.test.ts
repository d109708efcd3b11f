import { describe, expect, it } from 'vitest'
import { LANGUAGES } from '../../src/core/languages.ts'
import { fitsOneSegment } from '../../src/core/sms.ts'
import { createMessageRenderer } from '../../src/features/notifications/message-renderer.ts'
import { createLanguages } from '../../src/locales/languages.ts'
import {
  CODES,
  EVERY_NOTIFICATION,
  PLAIN_NOTIFICATIONS,
  UNDOABLE_NOTIFICATIONS,
  codeNotification,
} from './notifications.ts'

const PRODUCT = 'GraphQL Auth Gateway'
const SITE = 'https://auth.example.com'
const createRenderer = (product = PRODUCT, publicUrl: string | null = SITE) =>
  createMessageRenderer({ product, publicUrl, languages: createLanguages('en') })
const { renderMail, renderSms } = createRenderer()
const LINK = 'https://auth.example.com/verify?challenge=abc&code=123456'

/** The visible text of a document. */
function seen(html: string): string {
  return html
    .replace(/<(style|title)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->|<[^>]+>/g, ' ')
    .replace(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
}

describe('an e-mail', () => {
  const mails = LANGUAGES.flatMap((language) =>
    EVERY_NOTIFICATION.map((notification) => ({
      notification,
      language,
      ...renderMail(notification, [language]),
    })),
  )

  it('has the same content as text and as HTML, fills every placeholder, and names its language', () => {
    for (const { text, html, subject, language } of mails) {
      expect(text + html + subject).not.toMatch(/\{\{|\}\}|undefined|null|\[object/)
      expect(html).toMatch(new RegExp(`^<!doctype html><html lang="${language}" dir="ltr"`))
      const shown = seen(html)
      for (const line of text.split('\n').filter((line) => !line.includes('123456') && line !== '--'))
        expect(shown).toContain(line.trim())
      expect(/[가-힣]/.test(subject) && /[가-힣]/.test(text) && /[가-힣]/.test(shown)).toBe(language === 'ko')
      expect(html).toContain(`<title>${subject}</title>`)
      expect(subject.length).toBeLessThan(60)
    }
  })

  it('loads no resource, runs no script, tracks no reader, and fits every mailbox', () => {
    for (const { html } of mails) {
      expect(html).not.toMatch(/<(script|img|iframe|link|form|object|video|base)\b|@import|url\(|\son\w+=/i)
      const addresses = [...html.matchAll(/https?:\/\/[^"'\s<]+/g)].map(([address]) => address)
      const foreign = addresses.filter((address) => !address.startsWith(SITE))
      expect(new Set(foreign)).toEqual(new Set(['http://www.w3.org/1999/xhtml']))
      // Gmail clips a message at 102 KB.
      expect(Buffer.byteLength(html)).toBeLessThan(20_000)
    }
  })

  it('supports dark mode and small screens', () => {
    for (const { html } of mails)
      for (const mark of [
        'name="color-scheme" content="light dark"',
        'prefers-color-scheme: dark',
        'max-width:600px',
      ])
        expect(html).toContain(mark)
  })

  it('shows a code whole and selectable, on a line of its own in the text, and in no preview', () => {
    for (const notification of CODES) {
      const { text, html, subject } = renderMail(notification, ['en'])
      expect(text).toMatch(/\n\n123456\n\n/)
      expect(html).toMatch(/<span style="[^"]*">\s?123456\s?<\/span>/)
      expect(html).toContain('user-select: all')
      // A locked screen shows the subject and the preheader.
      const [, preheader = ''] = /opacity:0;overflow:hidden;">([^<]*)</.exec(html) ?? []
      expect(preheader).toContain('5 minutes')
      expect(subject + preheader).not.toContain('123456')
    }
  })

  it('has a button and the plain address if there is a link, and neither without one', () => {
    const { html, text } = renderMail(codeNotification('VERIFY_EMAIL', LINK), ['en'])
    const href = LINK.replace('&', '&#38;')
    expect(html.split(`href="${href}"`)).toHaveLength(3)
    expect(html).toContain(`>${href}</a>`)
    expect(seen(html)).toContain('Confirm address')
    expect(text).toContain(`\n${LINK}\n`)
    expect(renderMail(codeNotification('VERIFY_EMAIL'), ['en']).html).not.toContain('href=')
  })

  it('makes a link of HTTP and HTTPS addresses only', () => {
    for (const link of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '//evil', 'x', '']) {
      const { html, text } = renderMail(codeNotification('LOGIN', link), ['en'])
      expect(html + text).not.toMatch(/href=|javascript|data:text|passwd|evil/)
      expect(text).toContain('\n123456\n')
    }
    const { html } = renderMail(codeNotification('LOGIN', 'https://a.example/"><script>'), ['en'])
    expect(html).toContain('href="https://a.example/%22%3E%3Cscript%3E"')
  })

  it('uses the plural forms of the language', () => {
    expect(renderMail(codeNotification('LOGIN', null, 1), ['en']).text).toContain('valid for 1 minute and')
    expect(renderMail(codeNotification('LOGIN', null, 2), ['en']).text).toContain('valid for 2 minutes and')
    expect(renderMail(codeNotification('LOGIN', null, 1), ['ko']).text).toContain('1분 동안')
    expect(renderMail(PLAIN_NOTIFICATIONS['recovery-code-used'], ['en']).text).toContain(
      'Unused codes left: 4.',
    )
  })

  it('is in the first available language of the account, the browser and the settings', () => {
    const { text } = renderMail(codeNotification(), ['ko'])
    expect(renderMail(codeNotification(), [null, 'fr;q=1, ko-KR;q=0.5']).text).toBe(text)
    expect(renderMail(codeNotification(), ['ko', 'en-GB']).text).toBe(text)
    expect(renderMail(codeNotification(), ['en', 'ko']).text).not.toBe(text)
    const korean = createMessageRenderer({
      product: PRODUCT,
      publicUrl: null,
      languages: createLanguages('ko'),
    })
    expect(korean.renderMail(codeNotification(), [null, 'fr']).text).toBe(text)
  })
})

describe('a value in a message', () => {
  it('is never markup: every character with a meaning in HTML is escaped (SR-035)', () => {
    const hostile = `<script>alert('1')</script> "&amp; \`{{code}}\` </title><img src=x onerror=alert(1)>`
    const { html, text } = createRenderer(hostile).renderMail(codeNotification('LOGIN', LINK), ['en'])
    expect(html).not.toMatch(/<script|<img|onerror=alert\(1\)>|'1'/)
    expect(seen(html)).toContain(`<script>alert('1')</script> "&amp; \`{{code}}\` </title>`)
    // A placeholder within a value is not filled.
    expect(text).toContain('`{{code}}`')
  })

  it('stays on its line and cannot change the direction of the text (SR-035)', () => {
    const hostile = 'Gate\r\nBcc: all@example.com\u2028\u202Eyawe\u2066\u0000\u001b[31m\uD800'
    const renderer = createRenderer(hostile)
    const mail = renderer.renderMail(
      { ...PLAIN_NOTIFICATIONS['phone-changed'], phone: '+44\r\n\u202E3456' },
      ['en'],
    )
    const sms = renderer.renderSms(codeNotification(), ['en'])
    for (const text of [mail.subject, mail.text, mail.html, sms]) {
      expect(text).not.toMatch(/[\r\u0000\u001b\u2028\u202a-\u202e\u2066-\u2069\u061c]/)
      expect(text).not.toContain('\nBcc')
      expect(text.isWellFormed()).toBe(true)
    }
    expect(mail.subject).not.toContain('\n')
    expect(mail.text).toContain('is now +44 3456.')
    expect(createRenderer('x'.repeat(5000)).renderMail(codeNotification(), ['en']).html.length).toBeLessThan(
      20_000,
    )
  })
})

describe('a text message', () => {
  it('of a code is one segment, begins with the code, and ends bound to its domain', () => {
    for (const language of LANGUAGES)
      for (const notification of CODES) {
        const text = renderSms(notification, [language])
        expect([text, fitsOneSegment(text)]).toEqual([text, true])
        expect(text.indexOf('123456')).toBeLessThan(32)
        expect(text.endsWith('\n@auth.example.com #123456')).toBe(true)
        expect(text).toContain(language === 'ko' ? '5분' : '5 minutes')
        expect(text).not.toContain('https:')
      }
    expect(renderSms(codeNotification(), ['en'])).toContain('code is 123456')
  })

  it('is not bound to a domain that browsers do not accept', () => {
    for (const publicUrl of [
      null,
      'http://auth.example.com',
      'https://192.0.2.1',
      'https://[::1]',
      'https://localhost',
    ])
      expect(createRenderer(PRODUCT, publicUrl).renderSms(codeNotification(), ['en'])).not.toContain('@')
    expect(
      createRenderer(PRODUCT, 'https://auth.example.com:8443/x').renderSms(codeNotification(), ['en']),
    ).toMatch(/\n@auth\.example\.com #123456$/)
  })

  it('is shortened, without losing the code, when the product name is long', () => {
    const text = createRenderer(
      '인증 서비스 '.repeat(8).trim(),
      `https://${'long.'.repeat(8)}example.com`,
    ).renderSms(codeNotification(), ['ko'])
    expect(text).toBe(`로그인 코드: 123456\n@${'long.'.repeat(8)}example.com #123456`)
  })

  it.each(Object.values(PLAIN_NOTIFICATIONS))('of $kind is short', (notification) => {
    for (const language of LANGUAGES) {
      const text = renderSms(notification, [language])
      expect([text, fitsOneSegment(text)]).toEqual([text, true])
      expect(text).not.toContain('\n')
    }
  })

  it.each(UNDOABLE_NOTIFICATIONS)(
    'of $kind with its request and link has three segments at most',
    (notice) => {
      for (const language of LANGUAGES) {
        const text = renderSms(notice, [language])
        // A segment of several holds 153 characters of GSM 03.38, or 67 others (3GPP TS 23.040).
        const size = isAscii(text) ? text.length / 153 : text.length / 67
        expect([text, size <= 3]).toEqual([text, true])
        expect(text).toContain('2026-11-25 19:21 UTC, Firefox on Linux, 203.0.113.x')
        expect(text.endsWith('https://auth.example.com/undo-change#token=abc.def')).toBe(true)
      }
    },
  )

  it('is measured in septets if GSM 03.38 has every character, else in UTF-16 units', () => {
    expect(fitsOneSegment('a'.repeat(160))).toBe(true)
    expect(fitsOneSegment('a'.repeat(161))).toBe(false)
    expect(fitsOneSegment('€'.repeat(80))).toBe(true)
    expect(fitsOneSegment('€'.repeat(81))).toBe(false)
    expect(fitsOneSegment('가'.repeat(70))).toBe(true)
    expect(fitsOneSegment('가'.repeat(71))).toBe(false)
    expect(fitsOneSegment('😀'.repeat(36))).toBe(false)
  })
})

function isAscii(text: string): boolean {
  return [...text].every((character) => character < '\u0080')
}
