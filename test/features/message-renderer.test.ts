import { describe, expect, it } from 'vitest'
import { LANGUAGES } from '../../src/core/languages.ts'
import { fitsOneSegment } from '../../src/core/sms.ts'
import { createMessageRenderer } from '../../src/features/notifications/message-renderer.ts'
import { CODES, EVERY_NOTICE, TOLD, codeNotice } from './notifications.ts'

const PRODUCT = 'GraphQL Auth Gateway'
const SITE = 'https://auth.example.com'
const wording = (product = PRODUCT, publicUrl: string | null = SITE) =>
  createMessageRenderer({ product, publicUrl, language: 'en' })
const { renderMail, renderSms } = wording()
const LINK = 'https://auth.example.com/verify?challenge=abc&code=123456'

/** What a reader sees of a document. */
function seen(html: string): string {
  return html
    .replace(/<(style|title)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->|<[^>]+>/g, ' ')
    .replace(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
}

describe('an e-mail', () => {
  const mails = LANGUAGES.flatMap((language) =>
    EVERY_NOTICE.map((notice) => ({ notice, language, ...renderMail(notice, [language]) })),
  )

  it('says the same as text and as HTML, leaves no place empty, and names its language', () => {
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

  it('loads nothing, runs nothing, follows nobody, and fits every mailbox', () => {
    for (const { html } of mails) {
      expect(html).not.toMatch(/<(script|img|iframe|link|form|object|video|base)\b|@import|url\(|\son\w+=/i)
      const addresses = [...html.matchAll(/https?:\/\/[^"'\s<]+/g)].map(([address]) => address)
      const foreign = addresses.filter((address) => !address.startsWith(SITE))
      expect(new Set(foreign)).toEqual(new Set(['http://www.w3.org/1999/xhtml']))
      // Gmail cuts a message off at 102 KB.
      expect(Buffer.byteLength(html)).toBeLessThan(20_000)
    }
  })

  it('is at home on dark screens and small ones', () => {
    for (const { html } of mails)
      for (const mark of [
        'name="color-scheme" content="light dark"',
        'prefers-color-scheme: dark',
        'max-width:600px',
      ])
        expect(html).toContain(mark)
  })

  it('shows a code whole and selectable, in a sentence of the text, and in no preview', () => {
    for (const notice of CODES) {
      const { text, html, subject } = renderMail(notice, ['en'])
      expect(text).toMatch(/^Your (sign-in|confirmation|password reset) code is 123456$/m)
      expect(html).toMatch(/<span style="[^"]*">\s?123456\s?<\/span>/)
      expect(html).toContain('user-select: all')
      // A locked screen shows the subject and the preheader.
      const [, preheader = ''] = /opacity:0;overflow:hidden;">([^<]*)</.exec(html) ?? []
      expect(preheader).toContain('5 minutes')
      expect(subject + preheader).not.toContain('123456')
    }
  })

  it('has a button and the plain address where there is a link, and neither where there is none', () => {
    const { html, text } = renderMail(codeNotice('VERIFY_EMAIL', LINK), ['en'])
    const href = LINK.replace('&', '&#38;')
    expect(html.split(`href="${href}"`)).toHaveLength(3)
    expect(html).toContain(`>${href}</a>`)
    expect(seen(html)).toContain('Confirm address')
    expect(text).toContain(`\n${LINK}\n`)
    expect(renderMail(codeNotice('VERIFY_EMAIL'), ['en']).html).not.toContain('href=')
  })

  it('makes a link of no address that is not of the web', () => {
    for (const link of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '//evil', 'x', '']) {
      const { html, text } = renderMail(codeNotice('LOGIN', link), ['en'])
      expect(html + text).not.toMatch(/href=|javascript|data:text|passwd|evil/)
      expect(text).toContain('code is 123456')
    }
    const { html } = renderMail(codeNotice('LOGIN', 'https://a.example/"><script>'), ['en'])
    expect(html).toContain('href="https://a.example/%22%3E%3Cscript%3E"')
  })

  it('counts as the language does', () => {
    expect(renderMail(codeNotice('LOGIN', null, 1), ['en']).text).toContain('valid for 1 minute and')
    expect(renderMail(codeNotice('LOGIN', null, 2), ['en']).text).toContain('valid for 2 minutes and')
    expect(renderMail(codeNotice('LOGIN', null, 1), ['ko']).text).toContain('1분 동안')
    expect(renderMail(TOLD['recovery-code-used'], ['en']).text).toContain('Unused codes left: 4.')
  })

  it('is in the first language that fits: of the account, of the browser, of the settings', () => {
    const { text } = renderMail(codeNotice(), ['ko'])
    expect(renderMail(codeNotice(), [null, 'fr;q=1, ko-KR;q=0.5']).text).toBe(text)
    expect(renderMail(codeNotice(), ['ko', 'en-GB']).text).toBe(text)
    expect(renderMail(codeNotice(), ['en', 'ko']).text).not.toBe(text)
    const korean = createMessageRenderer({ product: PRODUCT, publicUrl: null, language: 'ko' })
    expect(korean.renderMail(codeNotice(), [null, 'fr']).text).toBe(text)
  })
})

describe('a value in a message', () => {
  it('is never markup: every character that means something in HTML is spelled out (35)', () => {
    const hostile = `<script>alert('1')</script> "&amp; \`{{code}}\` </title><img src=x onerror=alert(1)>`
    const { html, text } = wording(hostile).renderMail(codeNotice('LOGIN', LINK), ['en'])
    expect(html).not.toMatch(/<script|<img|onerror=alert\(1\)>|'1'/)
    expect(seen(html)).toContain(`<script>alert('1')</script> "&amp; \`{{code}}\` </title>`)
    // What looks like a place within a value is not filled.
    expect(text).toContain('`{{code}}`')
  })

  it('stays on its line, and turns no letter around (35)', () => {
    const hostile = 'Gate\r\nBcc: all@example.com\u2028\u202Eyawe\u2066\u0000\u001b[31m\uD800'
    const words = wording(hostile)
    const mail = words.renderMail({ ...TOLD['phone-changed'], phone: '+44\r\n\u202E3456' }, ['en'])
    const sms = words.renderSms(codeNotice(), ['en'])
    for (const text of [mail.subject, mail.text, mail.html, sms]) {
      expect(text).not.toMatch(/[\r\u0000\u001b\u2028\u202a-\u202e\u2066-\u2069\u061c]/)
      expect(text).not.toContain('\nBcc')
      expect(text.isWellFormed()).toBe(true)
    }
    expect(mail.subject).not.toContain('\n')
    expect(mail.text).toContain('is now +44 3456.')
    expect(wording('x'.repeat(5000)).renderMail(codeNotice(), ['en']).html.length).toBeLessThan(20_000)
  })
})

describe('a text message', () => {
  it('of a code is one segment, begins with the code, and ends bound to its site', () => {
    for (const language of LANGUAGES)
      for (const notice of CODES) {
        const text = renderSms(notice, [language])
        expect([text, fitsOneSegment(text)]).toEqual([text, true])
        expect(text.indexOf('123456')).toBeLessThan(32)
        expect(text.endsWith('\n@auth.example.com #123456')).toBe(true)
        expect(text).toContain(language === 'ko' ? '5분' : '5 minutes')
        expect(text).not.toContain('https:')
      }
    expect(renderSms(codeNotice(), ['en'])).toContain('code is 123456')
  })

  it('is bound to no site that a browser would not fill it in on', () => {
    for (const publicUrl of [
      null,
      'http://auth.example.com',
      'https://192.0.2.1',
      'https://[::1]',
      'https://localhost',
    ])
      expect(wording(PRODUCT, publicUrl).renderSms(codeNotice(), ['en'])).not.toContain('@')
    expect(wording(PRODUCT, 'https://auth.example.com:8443/x').renderSms(codeNotice(), ['en'])).toMatch(
      /\n@auth\.example\.com #123456$/,
    )
  })

  it('gives up words, not the code, where a name is long', () => {
    const text = wording(
      '인증 서비스 '.repeat(8).trim(),
      `https://${'long.'.repeat(8)}example.com`,
    ).renderSms(codeNotice(), ['ko'])
    expect(text).toBe(`로그인 코드: 123456\n@${'long.'.repeat(8)}example.com #123456`)
  })

  it.each(Object.values(TOLD))('of $kind is short', (notice) => {
    for (const language of LANGUAGES) {
      const text = renderSms(notice, [language])
      expect([text, fitsOneSegment(text)]).toEqual([text, true])
      expect(text).not.toContain('\n')
    }
  })

  it('is measured in septets where GSM 03.38 has every character, else in units of UTF-16', () => {
    expect(fitsOneSegment('a'.repeat(160))).toBe(true)
    expect(fitsOneSegment('a'.repeat(161))).toBe(false)
    expect(fitsOneSegment('€'.repeat(80))).toBe(true)
    expect(fitsOneSegment('€'.repeat(81))).toBe(false)
    expect(fitsOneSegment('가'.repeat(70))).toBe(true)
    expect(fitsOneSegment('가'.repeat(71))).toBe(false)
    expect(fitsOneSegment('😀'.repeat(36))).toBe(false)
  })
})
