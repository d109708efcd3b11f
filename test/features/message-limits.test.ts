import { expect, it } from 'vitest'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { EXTREMES, describeOn, describeOnEveryBackend } from '../support/backends.ts'
import { PASSWORD, newAddress, newPhone, startGateway, type TestGateway } from '../support/gateway.ts'
import {
  LoginDocument,
  RegisterDocument,
  RegisterPhoneDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { readDeviceCookie, newNetwork } from './limit-actors.ts'

const MINUTE = 60_000

/** Every half minute for an hour, then every ten until the end of a day. */
const STEPS = [
  ...Array.from({ length: 120 }, () => MINUTE / 2),
  ...Array.from({ length: 138 }, () => 10 * MINUTE),
]

const WINDOWS = [MINUTE, 5 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE]

/** The maximum number of the given times, in order, in any window of this length. */
function mostWithin(times: readonly number[], windowMs: number): number {
  return Math.max(...times.map((start) => times.filter((at) => at >= start && at < start + windowMs).length))
}

describeOnEveryBackend('messages to one destination', (backend) => {
  /** From another network each time: the limit of one network is another test. */
  let networks = 0
  const ask = (gateway: TestGateway, input: { email?: string; phone?: string }) => {
    const headers = { 'x-forwarded-for': `198.18.${(networks >> 8) & 255}.${networks++ & 255}` }
    return gateway.send(RequestOtpDocument, { input: { ...input, purpose: 'LOGIN' } }, { headers })
  }

  // Redis ends the windows of text messages by its own clock, which no test can move.
  const kinds = backend.store === 'redis' ? (['email'] as const) : (['email', 'phone'] as const)
  it.each(kinds)(
    '(%s) are sent a minute apart, four in five minutes, ten an hour, thirty a day (SR-091)',
    async (kind) => {
      const gateway = await startGateway(backend, { TRUST_PROXY: '1' })
      const input = kind === 'email' ? { email: newAddress() } : { phone: newPhone() }
      const sentAt: number[] = []
      for (const step of STEPS) {
        const { code } = await ask(gateway, input)
        if (code === undefined) sentAt.push(gateway.now())
        else expect(code).toBe('RATE_LIMITED')
        gateway.passTime(step)
      }
      expect(WINDOWS.map((windowMs) => mostWithin(sentAt, windowMs))).toEqual([1, 4, 10, 30])
      await gateway.close()
    },
  )

  it('remain available to a known device while strangers use up their limit (SR-084, SR-089, SR-091)', async () => {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1' })
    const { email } = await gateway.signUp()
    const signedIn = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
    const cookie = readDeviceCookie(signedIn) ?? ''
    // After the message of the registration.
    gateway.passTime(24 * 60 * MINUTE)
    const sentAt: Record<'stranger' | 'owner', number[]> = { stranger: [], owner: [] }
    for (const step of STEPS) {
      const device = { cookie, 'x-forwarded-for': newNetwork() }
      const input = { email, purpose: 'LOGIN' } as const
      const attempts = {
        stranger: () => ask(gateway, { email }),
        owner: () => gateway.send(RequestOtpDocument, { input }, { headers: device }),
      }
      for (const who of ['stranger', 'owner'] as const)
        if ((await attempts[who]()).code === undefined) sentAt[who].push(gateway.now())
      gateway.passTime(step)
    }
    const most = (times: readonly number[]) => WINDOWS.map((windowMs) => mostWithin(times, windowMs))
    expect(most(sentAt.stranger)).toEqual([1, 4, 10, 30])
    expect(most(sentAt.owner).slice(2)).toEqual([10, 30])
    const together = [...sentAt.stranger, ...sentAt.owner].sort((one, other) => one - other)
    // A stranger's message does not make the device wait (SR-217).
    expect([most(together)[0], ...most(together).slice(2)]).toEqual([2, 20, 60])
    expect([most(sentAt.stranger)[0], most(sentAt.owner)[0]]).toEqual([1, 1])
    await gateway.close()
  })

  it('can be requested again at the time that the response names, and not a second before (SR-091, SR-096)', async () => {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1' })
    const email = newAddress()
    let wait = (await gateway.ask(RegisterDocument, { input: { email } })).register.resendAvailableIn
    for (let message = 0; message < 8; message += 1) {
      gateway.passTime((wait - 1) * 1000)
      expect((await ask(gateway, { email })).code).toBe('RATE_LIMITED')
      gateway.passTime(1500)
      const { data } = await ask(gateway, { email })
      wait = data?.requestOtp.resendAvailableIn ?? 0
    }
    expect(wait).toBeGreaterThan(0)
    await gateway.close()
  })
})

describeOn(EXTREMES, 'many addresses', (backend) => {
  it('do not raise the number of messages that one network can send (SR-095)', async () => {
    const gateway = await startGateway(backend)
    const max = LIMITS.requestOtp.max
    const answers = await Promise.all(
      Array.from({ length: max + 40 }, (_, index) =>
        gateway.send(RequestOtpDocument, { input: { email: `ada${index}@example.com` } }),
      ),
    )
    expect(answers.filter(({ code }) => code === undefined).length).toBe(max)
    await gateway.close()
  })
})

describeOn(EXTREMES, 'fixed codes', (backend) => {
  it('are accepted for their destinations without a message until the configured day (OTP_TEST_CODES)', async () => {
    const [email, phone] = ['review@example.com', '+447400123456']
    const gateway = await startGateway(backend, {
      OTP_TEST_CODES: `Review@Example.com=314159,0044 7400 123456=271828`,
      OTP_TEST_CODES_UNTIL: new Date(Date.now() + 48 * 60 * MINUTE).toISOString().slice(0, 10),
      RATE_LIMIT_SCALE: '1000',
    })
    await gateway.signUp(email)
    const codeOf = async (input: { email: string } | { phone: string }) =>
      (await gateway.ask(RequestOtpDocument, { input })).requestOtp.otpCode
    expect([await codeOf({ email }), await codeOf({ phone })]).toEqual(['314159', '271828'])
    const input = { email, code: '314159', purpose: 'LOGIN' } as const
    expect((await gateway.send(VerifyOtpDocument, { input })).code).toBeUndefined()
    expect((await gateway.send(VerifyOtpDocument, { input })).code).toBe('OTP_INVALID')
    const other = newAddress()
    await gateway.signUp(other)
    await gateway.codeFor(other)
    expect(await gateway.messagesTo(email)).toEqual([])
    gateway.passTime(3 * 24 * 60 * MINUTE)
    const codes = await Promise.all([1, 2, 3].map(() => codeOf({ email })))
    expect(codes.every((code) => code === '314159')).toBe(false)
    await gateway.close()
  })
})

describeOn(EXTREMES, 'a known device', (backend) => {
  it('gets a code right after a stranger has requested one, and after 30 of them (SR-217)', async () => {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1' })
    const { email } = await gateway.signUp()
    const signedIn = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
    const cookie = readDeviceCookie(signedIn) ?? ''
    const request = async (headers: Record<string, string>) =>
      (await gateway.send(RequestOtpDocument, { input: { email } }, { headers })).code
    for (let message = 0; message < 30; message += 1) {
      gateway.passTime(61 * MINUTE)
      expect(await request({ 'x-forwarded-for': newNetwork() })).toBeUndefined()
      if (message % 10 > 0) continue
      expect(await request({ 'x-forwarded-for': newNetwork(), cookie })).toBeUndefined()
      expect(await request({ 'x-forwarded-for': newNetwork(), cookie })).toBe('RATE_LIMITED')
    }
    await gateway.close()
  })

  it('gets a code while other accounts ask to verify its number (SR-217)', async () => {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1' })
    const phone = newPhone()
    const { registerPhone } = await gateway.ask(RegisterPhoneDocument, { input: { phone } })
    const code = registerPhone.otpCode ?? ''
    const input = { challengeId: registerPhone.challengeId, purpose: 'VERIFY_PHONE', code } as const
    const cookie = readDeviceCookie(await gateway.send(VerifyOtpDocument, { input })) ?? ''
    const others = [await gateway.signUp(), await gateway.signUp(), await gateway.signUp()]
    for (let round = 0; round < 12; round += 1) {
      gateway.passTime(61_000)
      for (const { email, accessToken: token } of others) {
        const answer = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
        const headers = { 'x-forwarded-for': newNetwork(), cookie: readDeviceCookie(answer) ?? '' }
        const asked = { phone, purpose: 'VERIFY_PHONE' } as const
        await gateway.send(RequestOtpDocument, { input: asked }, { headers, token })
      }
    }
    const headers = { 'x-forwarded-for': newNetwork(), cookie }
    expect((await gateway.send(RequestOtpDocument, { input: { phone } }, { headers })).code).toBeUndefined()
    await gateway.close()
  })
})
