import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, removeFolder, temporaryFolder, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { RegisterDocument } from '../generated/graphql.ts'

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h8"/></svg>'
const PNG = Buffer.from('89504e470d0a1a0a0000000d494844520000004000000040', 'hex')

describe('the brand', () => {
  const folder = temporaryFolder()
  let gateway: TestGateway
  beforeAll(async () => {
    writeFileSync(join(folder, 'mark.svg'), SVG)
    writeFileSync(join(folder, 'mark.png'), PNG)
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], {
      NODE_ENV: 'development',
      PUBLIC_URL: 'http://localhost:4000/auth',
      PRODUCT_NAME: 'Lighthouse {{title}} & Co',
      PRODUCT_MARK: join(folder, 'mark.svg'),
      PRODUCT_MARK_MAIL: join(folder, 'mark.png'),
      ACCENT_COLOR: '#7A1F5C',
      SUPPORT_EMAIL: 'help@example.com',
      TERMS_URL: 'https://example.com/terms',
      PRIVACY_URL: 'https://example.com/privacy',
    })
  })
  afterAll(async () => {
    await gateway.close()
    removeFolder(folder)
  })
  const get = (url: string) => gateway.app.http.app.inject({ url })

  it('is served to the app: facts as JSON, tokens of the design as a style sheet, and the mark', async () => {
    const facts = (await get('/brand.json')).json<{ mark: string }>()
    expect(facts).toEqual({
      product: 'Lighthouse {{title}} & Co',
      mark: expect.stringMatching(/^\/auth\/brand\/mark\?v=[\w-]{12}$/) as string,
      accent: { light: '#7a1f5c', dark: expect.stringMatching(/^#[\da-f]{6}$/) as string },
      support: 'help@example.com',
      terms: 'https://example.com/terms',
      privacy: 'https://example.com/privacy',
    })
    const css = await get('/brand.css')
    expect(css.headers['content-type']).toBe('text/css; charset=utf-8')
    expect(css.body).toContain('--color-accent: #7a1f5c')
    const mark = await get(facts.mark.replace('/auth', ''))
    expect([mark.headers['content-type'], mark.body]).toEqual(['image/svg+xml', SVG])
    expect(mark.headers['content-security-policy']).toContain('sandbox')
  })

  it.each(['/verify-email', '/undo-change', '/dev/outbox'])('is on the page %s', async (url) => {
    const { body } = await get(url)
    expect(body).toContain('<bdi>Lighthouse {{title}} &#38; Co</bdi>')
    expect(body).toMatch(/<img src="\/auth\/brand\/mark\?v=[\w-]{12}" alt=""/)
    expect(body).toContain('--color-accent: #7a1f5c')
    expect(body).toContain('href="mailto:help@example.com">Help</a>')
    expect(body).toContain('href="https://example.com/terms">Terms of service</a>')
    expect(body).toContain('href="https://example.com/privacy">Privacy</a>')
  })

  it('is in e-mails: mark, colour and links in the HTML, and the links in the text', async () => {
    const email = 'ada@example.com'
    await gateway.ask(RegisterDocument, { input: { email } })
    await gateway.codeFor(email)
    const [message] = await gateway.messagesTo(email)
    expect(message?.html).toContain(`<img src="data:image/png;base64,${PNG.toString('base64')}" alt=""`)
    expect(message?.html).toContain('background:#7a1f5c')
    expect(message?.html).not.toContain('#1d4ed8')
    expect(message?.html).toContain('href="https://example.com/terms"')
    expect(message?.text).toMatch(
      /Help: help@example\.com\nTerms of service: https:\/\/example\.com\/terms\nPrivacy: https:\/\/example\.com\/privacy\n$/,
    )
  })
})
