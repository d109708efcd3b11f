import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import {
  LoginDocument,
  RegisterDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { readDeviceCookie } from './limit-actors.ts'
import { eventually } from '../support/servers/processes.ts'

const RESPONSES_KO = '로그인 코드'
const RESPONSES_EN = 'Your sign-in code'

describeOn(EXTREMES, 'the language of a message', (backend) => {
  let gateway: TestGateway
  beforeAll(
    async () =>
      void (gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', PRODUCT_NAME: 'Ada & Co' })),
  )
  afterAll(() => gateway.close())

  async function register(locale: string | null, acceptLanguage?: string): Promise<string> {
    const email = newAddress()
    const headers: Record<string, string> = acceptLanguage ? { 'accept-language': acceptLanguage } : {}
    const answer = await gateway.send(
      RegisterDocument,
      { input: { email, password: PASSWORD, locale } },
      { headers },
    )
    expect(answer.errors).toEqual([])
    return email
  }

  /** The n-th message to this address, counted from one: messages are sent after the response. */
  async function messageTo(address: string, number = 1) {
    const message = await eventually(async () => (await gateway.messagesTo(address))[number - 1] ?? false)
    return message as typeof message & { readonly html: string }
  }

  it('is the language of the registration, then of the browser, then the default', async () => {
    const subject = async (locale: string | null, header?: string) =>
      (await messageTo(await register(locale, header))).subject
    expect(await subject('ko-KR')).toBe('이메일 주소 확인')
    expect(await subject('ko', 'en-GB,en')).toBe('이메일 주소 확인')
    expect(await subject(null, 'fr, ko;q=0.5')).toBe('이메일 주소 확인')
    expect(await subject('en', 'ko')).toBe('Confirm your e-mail address')
    expect(await subject('fr', 'ko')).toBe('Confirm your e-mail address')
    expect(await subject('ko_KR')).toBe('이메일 주소 확인')
    expect(await subject(null)).toBe('Confirm your e-mail address')
  })

  it('is stored with the account', async () => {
    const email = await register('ko', 'en')
    await messageTo(email)
    gateway.passTime(61_000)
    const headers = { 'accept-language': 'en-US,en;q=0.9' }
    await gateway.send(RequestOtpDocument, { input: { email, purpose: 'VERIFY_EMAIL' } }, { headers })
    expect((await messageTo(email, 2)).text).toMatch(/맞는지 확인하려면[^]*\n\d{6}\n/)
  })

  it('is not chosen by a stranger: neither by a registration of the address nor by a request for a code', async () => {
    const email = newAddress()
    const registration = { email, password: PASSWORD, locale: 'ko' }
    const { challengeId, otpCode } = (await gateway.ask(RegisterDocument, { input: registration })).register
    const code = otpCode ?? ''
    await gateway.ask(VerifyOtpDocument, { input: { challengeId, purpose: 'VERIFY_EMAIL', code } })
    gateway.passTime(61_000)
    const headers = { 'accept-language': 'en' }
    const input = { email, password: PASSWORD, locale: 'en' }
    await gateway.send(RegisterDocument, { input }, { headers })
    expect((await messageTo(email, 2)).subject).toBe('이미 계정이 있습니다')

    const other = (await gateway.signUp()).email
    await messageTo(other)
    gateway.passTime(61_000)
    const stranger = { headers: { 'accept-language': 'ko' } }
    await gateway.send(RequestOtpDocument, { input: { email: other, purpose: 'LOGIN' } }, stranger)
    expect((await messageTo(other, 2)).subject).toBe(RESPONSES_EN)
  })

  it('is the language of the browser on a known device, if the account has none', async () => {
    const { email } = await gateway.signUp()
    await messageTo(email)
    const signedIn = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
    const cookie = readDeviceCookie(signedIn) ?? ''
    gateway.passTime(61_000)
    const headers = { 'accept-language': 'ko', cookie }
    await gateway.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } }, { headers })
    expect((await messageTo(email, 2)).subject).toContain(RESPONSES_KO)
  })

  it('is stored from the header of the registration', async () => {
    const email = await register(null, 'fr, ko;q=0.5')
    await messageTo(email)
    gateway.passTime(61_000)
    await gateway.send(RequestOtpDocument, { input: { email, purpose: 'VERIFY_EMAIL' } })
    expect((await messageTo(email, 2)).text).toMatch(/맞는지 확인하려면[^]*\n\d{6}\n/)
  })

  it('contains the configured product name, escaped, and never a Host header', async () => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' }
    const { email } = await gateway.signUp()
    await messageTo(email)
    gateway.passTime(61_000)
    await gateway.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } }, { headers })
    const { subject, text, html } = await messageTo(email, 2)
    expect(subject).toBe(RESPONSES_EN)
    expect(subject).not.toContain(RESPONSES_KO)
    expect(text).toContain('sign in to Ada & Co.')
    expect(html).toContain('sign in to Ada &#38; Co.')
    expect(text + html).not.toContain('evil')
  })
})
