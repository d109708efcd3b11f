import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import {
  LoginDocument,
  RefreshDocument,
  RegisterDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'

describe('the steps of a sign-in', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], { RATE_LIMIT_SCALE: '1000' })
  })
  afterAll(() => gateway.close())

  const login = async (email: string) =>
    (await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })).code
  const register = async (email: string) =>
    (await gateway.ask(RegisterDocument, { input: { email, password: PASSWORD } })).register
  const verify = async (input: {
    challengeId?: string
    email?: string
    code: string
    purpose: 'LOGIN' | 'VERIFY_EMAIL'
  }) => (await gateway.send(VerifyOtpDocument, { input })).code

  it('cannot be skipped: no code before one is requested, no sign-in before verification, no refresh before a sign-in (SR-121)', async () => {
    const email = newAddress()
    expect(await verify({ email, code: '000000', purpose: 'VERIFY_EMAIL' })).toBe('OTP_INVALID')
    expect(await login(email)).toBe('INVALID_CREDENTIALS')
    const { challengeId, otpCode } = await register(email)
    expect(await login(email)).toBe('INVALID_CREDENTIALS')
    for (const refreshToken of [null, '', challengeId, `${challengeId.slice(0, 24)}.0.${'A'.repeat(43)}`])
      expect((await gateway.send(RefreshDocument, { refreshToken })).code).toBe('TOKEN_INVALID')
    expect(await gateway.sql('SELECT id FROM sessions')).toEqual([])
    expect(await verify({ challengeId, code: otpCode ?? '', purpose: 'VERIFY_EMAIL' })).toBeUndefined()
    expect(await login(email)).toBeUndefined()
  })

  it('cannot be performed with the token of another person or another step (SR-121)', async () => {
    const sessions = (await gateway.sql('SELECT id FROM sessions')).length
    const [mine, theirs] = [await register(newAddress()), await register(newAddress())]
    const myCode = mine.otpCode ?? ''
    // The ids of two challenges with their parts exchanged: neither gives access to the code of the other.
    const [myPlace = '', myNonce = ''] = mine.challengeId.split('.')
    const [theirPlace = '', theirNonce = ''] = theirs.challengeId.split('.')
    const wrong = [
      verify({
        challengeId: theirs.challengeId,
        code: myCode === theirs.otpCode ? '' : myCode,
        purpose: 'VERIFY_EMAIL',
      }),
      verify({ challengeId: `${theirPlace}.${myNonce}`, code: myCode, purpose: 'VERIFY_EMAIL' }),
      verify({ challengeId: `${myPlace}.${theirNonce}`, code: myCode, purpose: 'VERIFY_EMAIL' }),
      verify({ challengeId: mine.challengeId, code: myCode, purpose: 'LOGIN' }),
    ]
    for (const code of await Promise.all(wrong))
      expect(['OTP_INVALID', 'OTP_NOT_FOUND', 'BAD_USER_INPUT']).toContain(code)
    expect(await gateway.sql('SELECT id FROM sessions')).toHaveLength(sessions)
    expect(
      await verify({ challengeId: mine.challengeId, code: myCode, purpose: 'VERIFY_EMAIL' }),
    ).toBeUndefined()
  })

  it('cannot be repeated, or performed in the order of another purpose (SR-121)', async () => {
    const { email } = await gateway.signUp()
    const { data } = await gateway.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
    const { challengeId, otpCode } = data?.requestOtp ?? { challengeId: '', otpCode: '' }
    const code = otpCode ?? ''
    expect(await verify({ challengeId, code, purpose: 'VERIFY_EMAIL' })).toBe('OTP_NOT_FOUND')
    expect(await verify({ challengeId, code, purpose: 'LOGIN' })).toBeUndefined()
    expect(await verify({ challengeId, code, purpose: 'LOGIN' })).toBe('OTP_NOT_FOUND')
    expect(await verify({ email, code, purpose: 'LOGIN' })).toBe('OTP_INVALID')
  })
})
