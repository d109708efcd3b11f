import { afterEach, expect, it } from 'vitest'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { LoginDocument, RequestOtpDocument, VerifyOtpDocument } from '../generated/graphql.ts'

const HOME = '203.0.113.7'

describeOn(EXTREMES, 'guessing at passwords', (backend) => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0).reverse()) await gateway.close()
  })

  async function start(): Promise<TestGateway> {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1' })
    running.push(gateway)
    return gateway
  }
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } })
  const login = async (
    gateway: TestGateway,
    email: string,
    address: string,
    password = 'a wrong one, surely',
  ) => (await gateway.send(LoginDocument, { input: { email, password } }, from(address))).code
  const botnet = (index: number) => `198.51.${index >> 8}.${index & 255}`

  /** Uses up the attempts of strangers, each from another network. */
  async function exhaust(gateway: TestGateway, email: string): Promise<void> {
    for (let tried = 0; tried < LIMITS.loginAttemptsByStrangers.max; tried += 20)
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => login(gateway, email, botnet(tried + index))),
      )
  }

  it('is rejected for one network after ten failures, the correct password included (SR-084)', async () => {
    const gateway = await start()
    const { email } = await gateway.signUp()
    const tries = await Promise.all(Array.from({ length: 50 }, () => login(gateway, email, '198.51.100.1')))
    expect(tries.filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(LIMITS.loginFailures.max)
    expect(await login(gateway, email, '198.51.100.1', PASSWORD)).toBe('RATE_LIMITED')
    expect(await login(gateway, email, '198.51.100.2', PASSWORD)).toBeUndefined()
  })

  it('is rejected for all strangers together, but not for the owner on a familiar network (SR-084, SR-089)', async () => {
    const gateway = await start()
    const { email } = await gateway.signUp()
    expect(await login(gateway, email, HOME, PASSWORD)).toBeUndefined()
    await exhaust(gateway, email)
    expect(await login(gateway, email, botnet(500))).toBe('RATE_LIMITED')
    expect(await login(gateway, email, botnet(501), PASSWORD)).toBe('RATE_LIMITED')
    expect(await login(gateway, email, HOME, PASSWORD)).toBeUndefined()
  }, 60_000)

  it('leaves the owner a sign-in by e-mail code from any network, which makes the network familiar (SR-089)', async () => {
    const gateway = await start()
    const { email } = await gateway.signUp()
    await exhaust(gateway, email)
    const hotel = '192.0.2.44'
    expect(await login(gateway, email, hotel, PASSWORD)).toBe('RATE_LIMITED')
    gateway.passTime(60_000)
    const { data } = await gateway.send(RequestOtpDocument, { input: { email } }, from(hotel))
    const code = data?.requestOtp.otpCode ?? ''
    const verified = await gateway.send(VerifyOtpDocument, { input: { email, code } }, from(hotel))
    expect(verified.code).toBeUndefined()
    expect(await login(gateway, email, hotel, PASSWORD)).toBeUndefined()
  }, 60_000)

  it('counts an address without an account exactly like one with an account (SR-080)', async () => {
    const gateway = await start()
    const { email } = await gateway.signUp()
    const tries = async (address: string) => {
      const codes = []
      for (let tried = 0; tried < LIMITS.loginFailures.max + 3; tried += 1)
        codes.push(await login(gateway, address, '198.51.100.9'))
      return codes
    }
    expect(await tries(newAddress())).toEqual(await tries(email))
  })

  it('is reset by a success for that account and network only (SR-090)', async () => {
    const gateway = await start()
    const [one, other] = [await gateway.signUp(), await gateway.signUp()]
    for (let tried = 0; tried < LIMITS.loginFailures.max - 1; tried += 1) {
      await login(gateway, one.email, HOME)
      await login(gateway, other.email, HOME)
    }
    expect(await login(gateway, one.email, HOME, PASSWORD)).toBeUndefined()
    for (let tried = 0; tried < LIMITS.loginFailures.max; tried += 1)
      expect(await login(gateway, one.email, HOME)).toBe('INVALID_CREDENTIALS')
    expect(await login(gateway, other.email, HOME)).toBe('INVALID_CREDENTIALS')
    expect(await login(gateway, other.email, HOME)).toBe('RATE_LIMITED')
  })
})
