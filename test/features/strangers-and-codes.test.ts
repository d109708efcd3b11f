import { afterEach, expect, it } from 'vitest'
import { GUESSES_PER_CODE, LIMITS } from '../../src/features/limits/limits.ts'
import {
  LoginDocument,
  RegisterPhoneDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
  type OtpPurpose,
} from '../generated/graphql.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import {
  PASSWORD,
  newPhone,
  normalizeResponse,
  startGateway,
  type Sending,
  type TestGateway,
} from '../support/gateway.ts'
import { newNetwork, readDeviceCookie, sendFrom } from './limit-actors.ts'

interface Code {
  readonly challengeId: string
  readonly purpose: OtpPurpose
  readonly code: string
}
type Destination = { readonly email: string } | { readonly phone: string }

const toOther = (code: string) => (code === '111111' ? '222222' : '111111')
const stranger = () => sendFrom({ network: newNetwork(), device: null })

describeOn(EXTREMES, 'a stranger', (backend) => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.close()
  })
  async function start(): Promise<TestGateway> {
    const gateway = await startGateway(backend, { TRUST_PROXY: '1' })
    running.push(gateway)
    return gateway
  }

  /** Requests a code a minute after the last message. */
  async function request(
    gateway: TestGateway,
    destination: Destination,
    sending: Sending,
    purpose: OtpPurpose = 'LOGIN',
  ): Promise<Code> {
    gateway.passTime(61_000)
    const { data, code } = await gateway.send(
      RequestOtpDocument,
      { input: { ...destination, purpose } },
      sending,
    )
    expect(code).toBeUndefined()
    const { challengeId = '', otpCode } = data?.requestOtp ?? {}
    return { challengeId, purpose, code: otpCode ?? '' }
  }
  const verify = (
    gateway: TestGateway,
    input: Code | (Destination & Omit<Code, 'challengeId'>),
    sending: Sending,
  ) => gateway.send(VerifyOtpDocument, { input }, sending)

  it('who requests a code does not end the code that the owner holds (SR-218)', async () => {
    const gateway = await start()
    const { email } = await gateway.signUp()
    const home = stranger()
    const own = await request(gateway, { email }, home)
    for (let times = 0; times < 2; times += 1) await request(gateway, { email }, stranger())
    expect((await verify(gateway, own, home)).code).toBeUndefined()
    gateway.passTime(5 * 60_000)
    const byAddress = await request(gateway, { email }, home)
    await request(gateway, { email }, stranger())
    const { code, purpose } = byAddress
    expect((await verify(gateway, { email, code, purpose }, home)).code).toBeUndefined()
  })

  it('cannot use a code twice that was requested beside another one (SR-019, SR-218)', async () => {
    const gateway = await start()
    const { email } = await gateway.signUp()
    const codes = [
      await request(gateway, { email }, stranger()),
      await request(gateway, { email }, stranger()),
    ]
    for (const code of codes) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => verify(gateway, code, stranger())))
      expect(answers.filter((answer) => answer.code === undefined)).toHaveLength(1)
    }
  })

  it('who guesses at challenges of his own does not close the challenge of the owner (SR-218)', async () => {
    const gateway = await start()
    const { email } = await gateway.signUp()
    const guesses = []
    for (let challenge = 0; challenge < 9; challenge += 1) {
      gateway.passTime(6 * 60_000)
      const decoy = await request(gateway, { email }, stranger())
      for (let guess = 0; guess < GUESSES_PER_CODE; guess += 1)
        guesses.push(await verify(gateway, { ...decoy, code: toOther(decoy.code) }, stranger()))
      const byAddress = { email, purpose: 'LOGIN', code: toOther(decoy.code) } as const
      for (let guess = 0; guess < GUESSES_PER_CODE; guess += 1)
        guesses.push(await verify(gateway, byAddress, stranger()))
    }
    expect(guesses.at(-1)?.code).toBe('RATE_LIMITED')
    gateway.passTime(60 * 60_000)
    const own = await request(gateway, { email }, stranger())
    const typo = await verify(gateway, { ...own, code: toOther(own.code) }, stranger())
    expect(typo.code).toBe('OTP_INVALID')
    expect((await verify(gateway, own, stranger())).code).toBeUndefined()
  })

  it('has one budget of guesses for all purposes (SR-219)', async () => {
    const gateway = await start()
    const { email } = await gateway.signUp()
    let compared = 0
    const purposes = ['LOGIN', 'VERIFY_EMAIL', 'RESET_PASSWORD'] as const
    for (let round = 0; round < 9; round += 1) {
      gateway.passTime(10 * 60_000)
      const purpose = purposes[round % 3] ?? 'LOGIN'
      const { code } = await request(gateway, { email }, stranger(), purpose)
      for (let guess = 0; guess < GUESSES_PER_CODE; guess += 1) {
        const answer = await verify(gateway, { email, purpose, code: toOther(code) }, stranger())
        if (answer.code === 'OTP_INVALID') compared += 1
      }
    }
    expect(compared).toBe(LIMITS.otpFailures.max)
  })

  it('cannot use up the guesses of a known device at a code (SR-218)', async () => {
    const gateway = await start()
    const { email } = await gateway.signUp()
    const answer = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
    const device = readDeviceCookie(answer)
    const own = await request(gateway, { email }, sendFrom({ network: newNetwork(), device }))
    const { code, purpose } = own
    for (let guess = 0; guess < 8; guess += 1)
      await verify(gateway, { email, purpose, code: toOther(code) }, stranger())
    const sending = sendFrom({ network: newNetwork(), device })
    expect((await verify(gateway, { email, purpose, code }, sending)).code).toBeUndefined()
  })

  it('with an account sees no difference between a free and a taken number, before and after guesses (SR-220)', async () => {
    const gateway = await start()
    const [taken, free] = [newPhone(), newPhone()]
    const { registerPhone } = await gateway.ask(RegisterPhoneDocument, { input: { phone: taken } })
    const { challengeId, otpCode } = registerPhone
    await verify(gateway, { challengeId, purpose: 'VERIFY_PHONE', code: otpCode ?? '' }, {})
    /** The responses of a new account that requests a number and guesses at its code in every way. */
    const observe = async (phone: string) => {
      const { email } = await gateway.signUp()
      const signedIn = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
      const token = (signedIn.data?.login as { accessToken: string }).accessToken
      const own = { ...sendFrom({ network: newNetwork(), device: readDeviceCookie(signedIn) }), token }
      const other = (await gateway.signUp()).accessToken
      const code = await request(gateway, { phone }, own, 'VERIFY_PHONE')
      const wrong = { ...code, code: toOther(code.code) }
      const byNumber = { phone, purpose: code.purpose, code: wrong.code }
      const answers = []
      for (const input of [wrong, byNumber])
        for (const sending of [stranger(), { ...stranger(), token: other }, own, own])
          for (let guess = 0; guess < 2; guess += 1)
            answers.push(normalizeResponse(await verify(gateway, input, sending)))
      return answers
    }
    expect(await observe(taken)).toEqual(await observe(free))
  })
})
