import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, removeFolder, temporaryFolder, type Backend } from '../support/backends.ts'
import { newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { RegisterDocument } from '../generated/graphql.ts'
import { toFolder } from '../locales/language-folder.ts'

const [backend] = BACKENDS as readonly [Backend]
const ARABIC = { 'accept-language': 'ar-EG, en;q=0.5' }

describe('a language of LOCALES_DIR', () => {
  const folder = temporaryFolder()
  let gateway: TestGateway
  beforeAll(async () => {
    for (const [path, content] of Object.entries({ ...toFolder('ar'), ...toFolder('fr') })) {
      mkdirSync(join(folder, dirname(path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    gateway = await startGateway(backend, {
      NODE_ENV: 'development',
      PUBLIC_URL: 'http://localhost:4000',
      VERIFY_EMAIL_URL: '',
      LOCALES_DIR: folder,
      DEFAULT_LANGUAGE: 'fr',
    })
  })
  afterAll(async () => {
    await gateway.close()
    removeFolder(folder)
  })

  it('is the language of responses, inside and outside GraphQL', async () => {
    const { errors, headers } = await gateway.sendText('{ me { id } }', {}, { headers: ARABIC })
    expect(errors[0]?.message).toBe('[ar] Authentication required.')
    expect(headers['content-language']).toBe('ar')
    const missing = await gateway.app.http.app.inject({ url: '/nowhere', headers: ARABIC })
    expect(missing.body).toContain('[ar] Not found.')
    expect((await gateway.app.http.app.inject('/nowhere')).body).toContain('[fr] Not found.')
  })

  it('is the language of pages, with its direction', async () => {
    const { body } = await gateway.app.http.app.inject({ url: '/verify-email', headers: ARABIC })
    expect(body).toContain('<html lang="ar" dir="rtl">')
    expect(body).toContain('[ar] Confirm your e-mail address')
    const linked = await gateway.app.http.app.inject('/verify-email?lang=ar')
    expect(linked.headers['content-language']).toBe('ar')
  })

  it('is the language of messages: of the account, and of the first request', async () => {
    const [chosen, guessed] = [newAddress(), newAddress()]
    await gateway.ask(RegisterDocument, { input: { email: chosen, locale: 'ar' } })
    await gateway.send(RegisterDocument, { input: { email: guessed } }, { headers: ARABIC })
    for (const email of [chosen, guessed]) {
      await gateway.codeFor(email)
      const [message] = await gateway.messagesTo(email)
      expect(message?.subject).toBe('[ar] Confirm your e-mail address')
      expect(message?.html).toContain('<html lang="ar" dir="rtl"')
      expect(message?.text).toContain('/verify-email?lang=ar#token=')
    }
  })
})

describe('a gateway with languages that cannot be used', () => {
  it('does not start, and names the setting, the file and the key (SR-280)', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'fr'))
    for (const [path, content] of Object.entries(toFolder('fr'))) writeFileSync(join(folder, path), content)
    writeFileSync(join(folder, 'fr/pages.json'), '{}')
    await expect(startGateway(backend, { LOCALES_DIR: folder })).rejects.toThrow(
      'LOCALES_DIR: fr/pages.json: missing shell.support',
    )
    await expect(startGateway(backend, { DEFAULT_LANGUAGE: 'de' })).rejects.toThrow(
      'DEFAULT_LANGUAGE: must be en, ko or a language of LOCALES_DIR',
    )
    removeFolder(folder)
  })
})
