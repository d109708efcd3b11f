import { parseSetCookie } from 'cookie'
import { afterEach, describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { BACKENDS, EXTREMES, describeOn, type Backend } from '../support/backends.ts'
import { PASSWORD, startGateway, type TestGateway } from '../support/gateway.ts'
import {
  LoginDocument,
  RefreshDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { readDeviceCookie, sendFrom, newNetwork } from './limit-actors.ts'

const DAYS = 24 * 3600_000

/** Gateways of a suite, closed after each test, and the actions of owners and strangers. */
function deviceSuite(backend: Backend) {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0).reverse()) await gateway.close()
  })
  async function start(settings: Record<string, string> = {}): Promise<TestGateway> {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1', ...settings })
    running.push(gateway)
    return gateway
  }
  const login = (gateway: TestGateway, email: string, device: string | null, password = PASSWORD) =>
    gateway.send(LoginDocument, { input: { email, password } }, sendFrom({ network: newNetwork(), device }))
  /** An account, and the cookie of its own sign-in. */
  async function owner(gateway: TestGateway) {
    const { email } = await gateway.signUp()
    return { email, device: readDeviceCookie(await login(gateway, email, null)) }
  }
  /** Strangers use up their limit, each from another network. */
  async function exhaust(gateway: TestGateway, email: string): Promise<void> {
    for (let tried = 0; tried < LIMITS.loginAttemptsByStrangers.max; tried += 20)
      await Promise.all(Array.from({ length: 20 }, () => login(gateway, email, null, 'a wrong one, surely')))
    expect((await login(gateway, email, null)).code).toBe('RATE_LIMITED')
  }

  return { start, login, owner, exhaust }
}

describeOn(EXTREMES, 'a known device', (backend) => {
  const { start, login, owner, exhaust } = deviceSuite(backend)

  it('is identified by a cookie that scripts and other hosts cannot read, set at every sign-in and at no refresh', async () => {
    const gateway = await start()
    const { email, refreshToken } = await gateway.signUp()
    const { headers } = await login(gateway, email, null)
    const { value, ...cookie } = parseSetCookie(String(headers['set-cookie']))
    expect(cookie).toEqual({
      name: '__Host-gateway-device',
      path: '/',
      maxAge: 180 * 24 * 3600,
      secure: true,
      httpOnly: true,
      sameSite: 'strict',
    })
    expect(value).toMatch(/^[\w-]{24}\.\d{10}\.1p\.[\w-]{43}$/)
    const refreshed = await gateway.send(RefreshDocument, { refreshToken })
    expect([refreshed.code, refreshed.headers['set-cookie']]).toEqual([undefined, undefined])
    expect((await login(gateway, email, null, 'a wrong one, surely')).headers['set-cookie']).toBeUndefined()
  })

  it('lets its owner sign in from any network while strangers have used up their limit (SR-089)', async () => {
    const gateway = await start()
    const { email, device } = await owner(gateway)
    await exhaust(gateway, email)
    expect((await login(gateway, email, device)).code).toBeUndefined()
  }, 60_000)

  it('has ten failures of its own, which a success resets (SR-084)', async () => {
    const gateway = await start()
    const { email, device } = await owner(gateway)
    const fail = async () => (await login(gateway, email, device, 'a wrong one, surely')).code
    for (let tried = 1; tried < LIMITS.loginFailuresOnDevice.max; tried += 1) await fail()
    expect((await login(gateway, email, device)).code).toBeUndefined()
    const codes = await Promise.all(Array.from({ length: 10 * LIMITS.loginFailuresOnDevice.max }, fail))
    expect(codes.filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(
      LIMITS.loginFailuresOnDevice.max,
    )
    expect((await login(gateway, email, device)).code).toBe('RATE_LIMITED')
    expect((await login(gateway, email, null)).code).toBeUndefined()
  })
})

describe('a known device, over time and elsewhere', () => {
  const { start, login, owner, exhaust } = deviceSuite((BACKENDS as readonly [Backend])[0])

  it('is a stranger with a cookie that is foreign, forged, re-spelled or expired (SR-083)', async () => {
    const gateway = await start()
    const [{ email, device }, other] = [await owner(gateway), await owner(gateway)]
    await exhaust(gateway, email)
    const [name = '', end = '', stamp = ''] = (device ?? '').split('.')
    for (const cookie of [
      other.device,
      `${name}.${Number(end) + 1}.${stamp}.${'A'.repeat(43)}`,
      `${device}=`,
      `${name}.${end}.${stamp}.`,
      '__Host-gateway-device=',
    ])
      expect((await login(gateway, email, cookie)).code).toBe('RATE_LIMITED')
    gateway.passTime(181 * DAYS)
    await exhaust(gateway, email)
    expect((await login(gateway, email, device)).code).toBe('RATE_LIMITED')
  }, 90_000)

  it('can enter its code while the strangers of its own network have used up their limit (SR-084, SR-089)', async () => {
    const gateway = await start()
    const { email, device } = await owner(gateway)
    const network = newNetwork()
    const guess = async (code: string, cookie: string | null) =>
      (
        await gateway.send(
          VerifyOtpDocument,
          { input: { email, code } },
          sendFrom({ network, device: cookie }),
        )
      ).code
    for (let guessed = 0; guessed < LIMITS.otpFailuresFromNetwork.max; guessed += 1)
      await guess('000000', null)
    // An address receives one message a minute, and got one at its registration.
    gateway.passTime(61_000)
    const { data } = await gateway.send(RequestOtpDocument, { input: { email } })
    const code = data?.requestOtp.otpCode ?? ''
    expect(await guess(code, null)).toBe('RATE_LIMITED')
    expect(await guess(code, device)).toBeUndefined()
  })

  it('stays known when the master secret changes, while the old one is accepted (SR-131)', async () => {
    const [before, after] = ['5e1f07c3a9b24d68e0f1a2b3c4d5e6f7', '9a8b7c6d5e4f30211203f4e5d6c7b8a9']
    const gateway = await start({ GATEWAY_SECRET: before })
    const { email, device } = await owner(gateway)
    const later = await gateway.sibling({ GATEWAY_SECRET: after, GATEWAY_SECRETS_ACCEPTED: before })
    await exhaust(later, email)
    expect((await login(later, email, device)).code).toBeUndefined()
    await later.app.close()
  }, 60_000)
})
