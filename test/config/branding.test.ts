import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { collectProblems } from '../support/config-problems.ts'

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h8"/></svg>'
const PNG = Buffer.from('89504e470d0a1a0a0000000d494844520000004000000040', 'hex')
const FILES: Readonly<Record<string, Uint8Array>> = {
  '/mark.svg': Buffer.from(SVG),
  '/mark.png': PNG,
  '/evil.svg': Buffer.from(SVG.replace('<path', '<script>x</script><path')),
}

function load(variables: Record<string, string>) {
  return loadConfig({
    variables,
    readFile: () => '',
    readBytes(path) {
      const content = FILES[path]
      if (content === undefined) throw new Error('ENOENT')
      return content
    },
  }).branding
}

const findProblems = (variables: Record<string, string>) => collectProblems(() => load(variables))

describe('the branding', () => {
  it('has the design, no mark and no links by default, and leads to the own app outside production', () => {
    const none = { mark: null, mailMark: null, support: null, terms: null, privacy: null }
    expect(load({})).toMatchObject({ ...none, app: '/app' })
    expect(load({ PUBLIC_URL: 'https://example.com/auth' }).app).toBe('/auth/app')
    expect(load({ NODE_ENV: 'production' }).app).toBeNull()
    expect(load({ APP_URL: 'https://app.example.com/' }).app).toBe('https://app.example.com/')
  })

  it('has the PNG of the pages in e-mails too, and a PNG of its own beside an SVG', () => {
    expect(load({ PRODUCT_MARK: '/mark.png' }).mailMark?.type).toBe('image/png')
    expect(load({ PRODUCT_MARK: '/mark.svg' })).toMatchObject({
      mark: { type: 'image/svg+xml' },
      mailMark: null,
    })
    expect(load({ PRODUCT_MARK: '/mark.svg', PRODUCT_MARK_MAIL: '/mark.png' }).mailMark).not.toBeNull()
  })

  it.each([
    [{ PRODUCT_MARK: '/evil.svg' }, 'PRODUCT_MARK: expected an SVG without the element <script> (line 1)'],
    [{ PRODUCT_MARK: '/missing.svg' }, 'PRODUCT_MARK: expected a file that can be read'],
    [
      { PRODUCT_MARK_MAIL: '/mark.svg' },
      'PRODUCT_MARK_MAIL: expected a PNG file, because mail programs do not show SVG',
    ],
    [
      { ACCENT_COLOR: '#ffcc00' },
      'ACCENT_COLOR: expected a colour with a contrast of at least 4.5:1 to the light surfaces and to the text of buttons; this one has 1.37:1',
    ],
    [
      { ACCENT_COLOR_DARK: '#1d4ed8' },
      /^ACCENT_COLOR_DARK: expected a colour with a contrast of at least 4\.5:1 to the dark surfaces .* has \d\.\d\d:1$/,
    ],
    [{ ACCENT_COLOR: 'blue' }, 'ACCENT_COLOR: expected a colour such as #1d4ed8'],
    [{ SUPPORT_EMAIL: 'help' }, 'SUPPORT_EMAIL: expected an e-mail address in lower case'],
    [
      { NODE_ENV: 'production', TERMS_URL: 'http://example.com/terms' },
      'TERMS_URL: must be https:// in production',
    ],
    [
      { NODE_ENV: 'production', PRIVACY_URL: 'http://example.com' },
      'PRIVACY_URL: must be https:// in production',
    ],
    [{ PRIVACY_URL: 'javascript:alert(1)' }, /^PRIVACY_URL: expected an http:\/\/ or https:\/\/ URL/],
    [{ PRODUCT_NAME: 'a\u202Eb' }, 'PRODUCT_NAME: expected a name of 1 to 60 characters on one line'],
    [{ PRODUCT_NAME: 'x'.repeat(61) }, 'PRODUCT_NAME: expected a name of 1 to 60 characters on one line'],
  ])('rejects %o with one line that names the setting (SR-278)', (variables, problem) => {
    const matcher: unknown = typeof problem === 'string' ? problem : expect.stringMatching(problem)
    expect(findProblems(variables)).toEqual([matcher])
  })
})
