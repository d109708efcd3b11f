import { expect, it } from 'vitest'
import {
  RegisterDocument,
  RequestOtpDocument,
  VerifyEmailDocument,
  VerifyOtpDocument,
  type OtpPurpose,
} from '../generated/graphql.ts'
import { BACKENDS, EXTREMES, describeOn, type Backend } from '../support/backends.ts'
import {
  PASSWORD,
  newAddress,
  normalizeResponse,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'

const MINUTE = 60_000
const KOREAN = { headers: { 'accept-language': 'ko' } }

/** Starts a gateway, closed by the caller, that runs a test. */
async function withGateway(
  backend: Backend,
  test: (gateway: TestGateway) => Promise<void>,
  settings: Record<string, string> = {},
) {
  const gateway = await startGateway(backend, settings)
  try {
    await test(gateway)
  } finally {
    await gateway.close()
  }
}

const requestCode = async (gateway: TestGateway, email: string, purpose: OtpPurpose = 'LOGIN') => {
  const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email, purpose } })
  return { challengeId: requestOtp.challengeId, code: requestOtp.otpCode ?? '' }
}

async function verify(
  gateway: TestGateway,
  { challengeId, code }: { challengeId: string; code: string },
  purpose: OtpPurpose = 'LOGIN',
  sending = {},
) {
  const input = { challengeId, code, purpose }
  const response = await gateway.send(VerifyOtpDocument, { input }, sending)
  const [error] = response.errors
  return { ...response, reason: error?.extensions['reason'], key: error?.extensions['messageKey'] }
}

const wrong = (code: string) => (code === '000000' ? '111111' : '000000')

describeOn(EXTREMES, 'a refused code', (backend) => {
  it('says that a newer one was sent, and the same for an address without an account (SR-211)', () =>
    withGateway(backend, async (gateway) => {
      const { email } = await gateway.signUp()
      const answers: string[] = []
      for (const address of [email, newAddress()]) {
        gateway.passTime(MINUTE)
        const old = await requestCode(gateway, address)
        gateway.passTime(MINUTE)
        await requestCode(gateway, address)
        const answer = await verify(gateway, old)
        expect([answer.code, answer.reason, answer.key]).toEqual([
          'OTP_NOT_FOUND',
          'REPLACED',
          'OTP_NOT_FOUND_REPLACED',
        ])
        expect(answer.errors[0]?.message).toBe('A newer code was sent. Enter the code of the latest message.')
        expect((await verify(gateway, old, 'LOGIN', KOREAN)).text).toContain('가장 최근 메시지')
        answers.push(normalizeResponse(answer))
      }
      expect(answers[0]).toBe(answers[1])
    }))

  it('says that it was used to a caller who has it, and to any other caller what a decoy says (SR-211)', () =>
    withGateway(backend, async (gateway) => {
      const { email } = await gateway.signUp()
      gateway.passTime(MINUTE)
      const used = await requestCode(gateway, email)
      expect((await verify(gateway, used)).code).toBeUndefined()
      const decoy = await requestCode(gateway, newAddress())
      await verify(gateway, decoy)
      const again = await verify(gateway, used)
      expect([again.code, again.reason]).toEqual(['OTP_NOT_FOUND', 'SPENT'])
      // Both challenges have had two guesses now: the third ones are wrong.
      await verify(gateway, decoy)
      const guesses = [
        await verify(gateway, { ...used, code: wrong(used.code) }),
        await verify(gateway, { ...decoy, code: wrong(decoy.code) }),
      ]
      expect(guesses[0]?.code).toBe('OTP_INVALID')
      expect(normalizeResponse(guesses[0] ?? again)).toBe(normalizeResponse(guesses[1] ?? again))
    }))

  it('for another purpose names the purpose and costs a guess, with and without an account (SR-211)', () =>
    withGateway(backend, async (gateway) => {
      const { email } = await gateway.signUp()
      gateway.passTime(MINUTE)
      const answers: string[][] = []
      for (const address of [email, newAddress()]) {
        const opened = await requestCode(gateway, address)
        const texts: string[] = []
        for (const purpose of ['VERIFY_EMAIL', 'VERIFY_PHONE', 'RESET_PASSWORD', 'VERIFY_EMAIL'] as const) {
          const answer = await verify(gateway, opened, purpose)
          expect([answer.code, answer.reason]).toEqual(['OTP_NOT_FOUND', 'WRONG_PURPOSE'])
          texts.push(normalizeResponse(answer))
        }
        expect((await verify(gateway, opened, 'RESET_PASSWORD')).errors[0]?.extensions['attemptsLeft']).toBe(
          0,
        )
        expect((await verify(gateway, opened)).code).toBe('OTP_INVALID')
        answers.push(texts)
      }
      expect(answers[0]).toEqual(answers[1])
    }))

  it('of an unknown challenge says nothing else (SR-211)', () =>
    withGateway(backend, async (gateway) => {
      const challengeId = `${'a'.repeat(43)}.${'b'.repeat(24)}`
      for (const id of [challengeId, 'x']) {
        const answer = await verify(gateway, { challengeId: id, code: '123456' })
        expect([answer.code, answer.reason, answer.key]).toEqual([
          'OTP_NOT_FOUND',
          'UNKNOWN',
          'OTP_NOT_FOUND',
        ])
      }
    }))
})

describeOn(EXTREMES, 'a used link', (backend) => {
  it('says that the address is verified, without a session, and a forged one says nothing (SR-212)', () =>
    withGateway(backend, async (gateway) => {
      const email = newAddress()
      await gateway.ask(RegisterDocument, { input: { email, password: PASSWORD } })
      const token = await gateway.linkTokenFor(email)
      await gateway.ask(VerifyEmailDocument, { token, signIn: false })
      for (const signIn of [false, true]) {
        const again = await gateway.send(VerifyEmailDocument, { token, signIn })
        expect([again.code, again.errors[0]?.extensions['reason'], again.data]).toEqual([
          'TOKEN_INVALID',
          'ALREADY_VERIFIED',
          null,
        ])
        expect(again.errors[0]?.message).toBe('The e-mail address is already verified. Sign in.')
        expect(again.headers['set-cookie']).toBeUndefined()
      }
      const forged = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
      const refused = await gateway.send(VerifyEmailDocument, { token: forged, signIn: false })
      expect([refused.code, refused.errors[0]?.extensions['reason']]).toEqual(['TOKEN_INVALID', undefined])
      gateway.passTime(61 * MINUTE)
      const late = await gateway.send(VerifyEmailDocument, { token, signIn: false })
      expect([late.code, late.errors[0]?.extensions['reason']]).toEqual(['TOKEN_INVALID', undefined])
    }))

  it('that a newer one replaced says that the address is verified only when it is (SR-212)', () =>
    withGateway(backend, async (gateway) => {
      const email = newAddress()
      await gateway.ask(RegisterDocument, { input: { email, password: PASSWORD } })
      const token = await gateway.linkTokenFor(email)
      gateway.passTime(MINUTE)
      const newer = await requestCode(gateway, email, 'VERIFY_EMAIL')
      const follow = async () =>
        (await gateway.send(VerifyEmailDocument, { token, signIn: true })).errors[0]?.extensions['reason']
      expect(await follow()).toBeUndefined()
      expect((await verify(gateway, newer, 'VERIFY_EMAIL')).code).toBeUndefined()
      expect(await follow()).toBe('ALREADY_VERIFIED')
    }))
})

describeOn(BACKENDS, 'the pause after a code', (backend) => {
  it('ends when the code was used, and says until then when a code was sent (SR-213)', () =>
    withGateway(backend, async (gateway) => {
      const { email } = await gateway.signUp()
      const opened = await requestCode(gateway, email)
      const refused = await gateway.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
      expect([refused.code, refused.errors[0]?.extensions['reason']]).toEqual([
        'RATE_LIMITED',
        'RESEND_PAUSE',
      ])
      expect(refused.errors[0]?.extensions['messageKey']).toBe('RATE_LIMITED_RESEND_PAUSE')
      expect(refused.errors[0]?.message).toMatch(/^A code was sent less than a minute ago\./)
      expect((await verify(gateway, { ...opened, code: wrong(opened.code) })).code).toBe('OTP_INVALID')
      const input = { email, purpose: 'LOGIN' } as const
      expect((await gateway.send(RequestOtpDocument, { input })).code).toBe('RATE_LIMITED')
      expect((await verify(gateway, opened)).code).toBeUndefined()
      const resent = await requestCode(gateway, email, 'RESET_PASSWORD')
      expect((await verify(gateway, resent, 'RESET_PASSWORD')).code).toBeUndefined()
    }))

  it('does not free the limits of longer windows (SR-213)', () =>
    withGateway(backend, async (gateway) => {
      const { email } = await gateway.signUp()
      const codes: (string | undefined)[] = []
      for (let count = 0; count < 5; count += 1) {
        const sent = await gateway.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
        codes.push(sent.code)
        const { challengeId, otpCode } = sent.data?.requestOtp ?? {}
        if (challengeId) await verify(gateway, { challengeId, code: otpCode ?? '' })
        if (sent.code) expect(sent.errors[0]?.extensions['reason']).toBeUndefined()
      }
      // The registration was the first of four messages in five minutes.
      expect(codes).toEqual([undefined, undefined, undefined, 'RATE_LIMITED', 'RATE_LIMITED'])
    }))

  it('ends after a used link too (SR-213)', () =>
    withGateway(backend, async (gateway) => {
      const email = newAddress()
      await gateway.ask(RegisterDocument, { input: { email, password: PASSWORD } })
      await gateway.ask(VerifyEmailDocument, { token: await gateway.linkTokenFor(email), signIn: false })
      await requestCode(gateway, email)
    }))
})

describeOn(EXTREMES.slice(0, 1), 'a code that no account can use', (backend) => {
  async function collectDecoys(
    settings: Record<string, string>,
    run: (gateway: TestGateway) => Promise<void>,
  ) {
    const lines: string[] = []
    const write = (line: string) => void lines.push(line)
    const gateway = await startGateway(backend, { LOG_LEVEL: 'info', ...settings }, { log: { write } })
    try {
      await run(gateway)
      return lines.filter((line) => line.includes('otp.decoy')).map((line) => JSON.parse(line) as object)
    } finally {
      await gateway.close()
    }
  }

  it('is explained in the log of development, without the address (SR-214)', async () => {
    const unverified = newAddress()
    const entries = await collectDecoys({ NODE_ENV: 'development' }, async (gateway) => {
      await requestCode(gateway, 'unknown@example.com')
      await gateway.ask(RegisterDocument, { input: { email: unverified } })
      gateway.passTime(MINUTE)
      await requestCode(gateway, unverified, 'LOGIN')
      const { email } = await gateway.signUp()
      gateway.passTime(MINUTE)
      await requestCode(gateway, email)
    })
    expect(entries.length).toBeGreaterThanOrEqual(1)
    expect(entries[0]).toMatchObject({
      event: 'otp.decoy',
      purpose: 'LOGIN',
      msg: 'no account can use the code: no account has this address or number',
    })
    expect(JSON.stringify(entries)).not.toContain('unknown@')
  })

  it('is not explained in production (SR-214)', async () => {
    const entries = await collectDecoys(
      { NODE_ENV: 'production', OTP_EXPOSE_CODE: 'false' },
      async (gateway) => {
        const sent = await gateway.send(RequestOtpDocument, {
          input: { email: 'unknown@example.com', purpose: 'LOGIN' },
        })
        await eventually(async () => sent.status > 0)
      },
    )
    expect(entries).toEqual([])
  })
})
