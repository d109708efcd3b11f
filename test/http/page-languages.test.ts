import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PAGES } from '../../src/locales/index.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const KOREAN = { 'accept-language': 'fr-CH, ko-KR;q=0.9, en;q=0.8' }

/** The text of an HTML element without attributes. */
function readText(body: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(body)?.[1]
}

describe('an HTML page', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], { NODE_ENV: 'development' })
  })
  afterAll(() => gateway.close())
  const get = (url: string, headers = {}) => gateway.app.http.app.inject({ url, headers })

  it.each([
    ['/verify-email', 'verifyEmail'],
    ['/undo-change', 'undoChange'],
    ['/dev/outbox', 'devMailbox'],
  ] as const)('at %s follows Accept-Language', async (url, name) => {
    const answers = { en: await get(url), ko: await get(url, KOREAN) }
    for (const language of ['en', 'ko'] as const) {
      const { headers, body } = answers[language]
      expect(headers['content-language']).toBe(language)
      expect(headers['vary']).toContain('Accept-Language')
      expect(body).toContain(`<html lang="${language}" dir="ltr">`)
      expect(readText(body, 'title')).toBe(`${PAGES[language][name].title} – GraphQL Auth Gateway`)
      expect(body).not.toContain('{{')
    }
  })

  it.each(['/verify-email', '/undo-change', '/dev/outbox'])(
    'at %s allows its own script and style by hash, in every language',
    async (url) => {
      for (const headers of [{}, KOREAN]) {
        const { headers: sent, body } = await get(url, headers)
        for (const element of ['script', 'style']) {
          const source = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(body)?.[1] ?? ''
          const hash = createHash('sha256').update(source).digest('base64')
          expect(sent['content-security-policy']).toContain(`${element}-src 'sha256-${hash}'`)
        }
      }
    },
  )
})

describe('the default language of pages', () => {
  it('is DEFAULT_LANGUAGE', async () => {
    const gateway = await startGateway((BACKENDS as readonly [Backend])[0], { DEFAULT_LANGUAGE: 'ko' })
    const { headers } = await gateway.app.http.app.inject('/verify-email')
    expect(headers['content-language']).toBe('ko')
    await gateway.close()
  })
})
