import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnEveryBackend } from '../support/backends.ts'
import {
  newAddress,
  newPhone,
  normalizeResponse,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts'
import {
  MeDocument,
  RegisterPhoneDocument,
  RequestOtpDocument,
  ResetPasswordDocument,
  VerifyOtpDocument,
  VerifyResetOtpDocument,
  type OtpPurpose,
  type SignInFragment,
} from '../generated/graphql.ts'
import { signedInBy } from '../support/outcomes.ts'
import { eventually } from '../support/servers/processes.ts'

describeOnEveryBackend('phone numbers', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })))
  afterAll(() => gateway.close())

  async function signUpByPhone(phone = newPhone()): Promise<SignInFragment & { phone: string }> {
    const { registerPhone } = await gateway.ask(RegisterPhoneDocument, { input: { phone } })
    const code = await gateway.codeFor(phone)
    const input = { challengeId: registerPhone.challengeId, purpose: 'VERIFY_PHONE', code } as const
    return { ...signedInBy((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp), phone }
  }
  const request = (phone: string, purpose: OtpPurpose, token?: string) =>
    gateway.send(RequestOtpDocument, { input: { phone, purpose } }, { token })
  async function giveNumber(phone: string, token: string) {
    const { data } = await request(phone, 'VERIFY_PHONE', token)
    const { challengeId = '', otpCode } = data?.requestOtp ?? {}
    const input = { challengeId, purpose: 'VERIFY_PHONE', code: otpCode ?? '' } as const
    return gateway.send(VerifyOtpDocument, { input }, { token })
  }

  it('identify accounts that register, verify, sign in, and sign in again by text message', async () => {
    const { phone, user, session } = await signUpByPhone()
    expect(user).toMatchObject({ phone, phoneVerified: true, email: null, emailVerified: false })
    expect([user.status, session.methods]).toEqual(['ACTIVE', ['sms']])
    const asked = await gateway.ask(RequestOtpDocument, { input: { phone, purpose: 'LOGIN' } })
    expect(asked.requestOtp).toMatchObject({ channel: 'SMS', destination: `+44•••••••${phone.slice(-3)}` })
    const input = { phone, purpose: 'LOGIN', code: asked.requestOtp.otpCode ?? '' } as const
    const again = signedInBy((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp)
    expect(again.user.id).toBe(user.id)
  })

  it('are one number in every spelling: one account, one limit (SR-094)', async () => {
    const { phone, user } = await signUpByPhone()
    const national = phone.slice(3)
    for (const spelling of [`0044 ${national}`, `+44 (0)${national}`, ` ${phone.replace('+', '＋')} `]) {
      const { data } = await request(spelling, 'LOGIN')
      const code = data?.requestOtp.otpCode ?? ''
      const input = { phone: spelling, purpose: 'LOGIN', code } as const
      expect(signedInBy((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp).user.id).toBe(user.id)
    }
    const strict = await startGateway(backend)
    const codes = []
    for (const spelling of [phone, `0044 ${national}`, `+44 (0)${national}`])
      codes.push((await strict.send(RequestOtpDocument, { input: { phone: spelling } })).code)
    expect(codes).toEqual([undefined, 'RATE_LIMITED', 'RATE_LIMITED'])
    await strict.close()
  })

  it('are set by an account that signed in within 15 minutes, and its owner is notified (SR-033)', async () => {
    const ada = await gateway.signUp()
    const [first, second] = [newPhone(), newPhone()]
    for (const phone of [first, second]) {
      const { data } = await giveNumber(phone, ada.accessToken)
      expect(data?.verifyOtp).toMatchObject({ messageKey: 'PHONE_VERIFIED_SUCCESSFULLY', user: { phone } })
    }
    expect((await gateway.ask(MeDocument, {}, ada.accessToken)).me).toMatchObject({
      phone: second,
      phoneVerified: true,
    })
    await eventually(async () => {
      const told = (await gateway.messagesTo(ada.email)).filter(({ text }) => text.includes('•••'))
      return told.length === 2
    })
    const ended = await request(first, 'LOGIN')
    expect(ended.code, 'the first number belongs to no account now, with the same response').toBeUndefined()
    const input = { phone: first, purpose: 'LOGIN', code: ended.data?.requestOtp.otpCode ?? '' } as const
    expect((await gateway.send(VerifyOtpDocument, { input })).code).toBe('OTP_INVALID')
    gateway.passTime(14 * 60_000)
    const old = await gateway.signUp()
    gateway.passTime(60_000 * 14.9)
    expect((await request(newPhone(), 'VERIFY_PHONE', old.accessToken)).code).toBeUndefined()
    gateway.passTime(7_000)
    expect((await request(newPhone(), 'VERIFY_PHONE', old.accessToken)).code).toMatch(
      /REAUTHENTICATION_REQUIRED|UNAUTHENTICATED/,
    )
  })

  it('stay with the account that verified them: no other account gets a code, with the same response', async () => {
    const owner = await signUpByPhone()
    const ada = await gateway.signUp()
    const taken = await request(owner.phone, 'VERIFY_PHONE', ada.accessToken)
    const phone = newPhone()
    const free = { phone, ...(await request(phone, 'VERIFY_PHONE', ada.accessToken)) }
    expect(withoutNumber(taken)).toBe(withoutNumber(free))
    const input = {
      phone: owner.phone,
      purpose: 'VERIFY_PHONE',
      code: taken.data?.requestOtp.otpCode ?? '',
    } as const
    expect((await gateway.send(VerifyOtpDocument, { input }, { token: ada.accessToken })).code).toBe(
      'OTP_INVALID',
    )
    // Messages are sent one by one: one to the owner would have been sent before this one.
    await gateway.codeFor(free.phone)
    expect((await gateway.messagesTo(owner.phone)).length).toBe(1)
  })

  it('go from an account that only registered them to one that verifies them (SR-013)', async () => {
    const phone = newPhone()
    const squatter = await gateway.ask(RegisterPhoneDocument, { input: { phone, fullName: 'Squatter' } })
    const stale = await gateway.codeFor(phone)
    const ada = await gateway.signUp()
    expect((await giveNumber(phone, ada.accessToken)).code).toBeUndefined()
    const input = {
      challengeId: squatter.registerPhone.challengeId,
      purpose: 'VERIFY_PHONE',
      code: stale,
    } as const
    // The code belonged to the removed account.
    expect((await gateway.send(VerifyOtpDocument, { input })).code).toBe('OTP_INVALID')
    expect(
      await gateway.sql(`SELECT id FROM users WHERE full_name = 'Squatter' AND phone = '${phone}'`),
    ).toEqual([])
  })

  it('are set by the account itself only, with or without a code', async () => {
    const [ada, bob] = [await gateway.signUp(), await gateway.signUp()]
    const phone = newPhone()
    const { data } = await request(phone, 'VERIFY_PHONE', ada.accessToken)
    const { challengeId = '', otpCode } = data?.requestOtp ?? {}
    const input = { challengeId, purpose: 'VERIFY_PHONE', code: otpCode ?? '' } as const
    for (const token of [undefined, bob.accessToken])
      expect((await gateway.send(VerifyOtpDocument, { input }, { token })).code).toBe('OTP_INVALID')
    expect(
      (await gateway.send(VerifyOtpDocument, { input }, { token: ada.accessToken })).code,
    ).toBeUndefined()
  })

  it('authorize a password reset if they are verified, and only then (SR-033)', async () => {
    const ada = await gateway.signUp()
    const phone = newPhone()
    const requestGrant = async (code: string) => {
      const input = { phone, purpose: 'RESET_PASSWORD', code } as const
      return gateway.send(VerifyResetOtpDocument, { input })
    }
    const decoy = (await request(phone, 'RESET_PASSWORD')).data?.requestOtp.otpCode ?? ''
    expect((await requestGrant(decoy)).code).toBe('OTP_INVALID')
    await giveNumber(phone, ada.accessToken)
    const code = (await request(phone, 'RESET_PASSWORD')).data?.requestOtp.otpCode ?? ''
    const resetToken = (await requestGrant(code)).data?.verifyOtp.resetToken ?? ''
    const input = { resetToken, newPassword: 'seven grey herons at noon' }
    const { resetPassword } = await gateway.ask(ResetPasswordDocument, { input })
    expect(resetPassword.session.methods).toEqual(['sms'])
    expect(resetPassword.user.email).toBe(ada.email)
  })

  it('make one account of 25 concurrent registrations (SR-011)', async () => {
    const phone = newPhone()
    const answers = await Promise.all(
      // Fewer than the sample of the conversion of a prefix.
      Array.from({ length: 25 }, () => gateway.send(RegisterPhoneDocument, { input: { phone } })),
    )
    expect(new Set(answers.map(normalizeResponse)).size).toBe(1)
    expect(await gateway.sql(`SELECT id FROM users WHERE phone = '${phone}'`)).toHaveLength(1)
  })

  it('that are invalid, or requested for the wrong purpose, are rejected without being repeated', async () => {
    const wrong = [
      [{ phone: '07400 123456' }, 'INVALID_PHONE'],
      [{ phone: '+19005551234' }, 'PHONE_NOT_SUPPORTED'],
      [{ phone: newPhone(), email: newAddress() }, 'EXACTLY_ONE'],
      [{}, 'EXACTLY_ONE'],
      [{ phone: newPhone(), purpose: 'VERIFY_EMAIL' }, 'WRONG_CHANNEL'],
      [{ email: newAddress(), purpose: 'VERIFY_PHONE' }, 'WRONG_CHANNEL'],
    ] as const
    for (const [input, expected] of wrong) {
      const { code, errors, text } = await gateway.send(RequestOtpDocument, { input })
      expect(code).toBe('BAD_USER_INPUT')
      expect(errors[0]?.extensions['fieldErrors']).toMatchObject([{ code: expected }])
      for (const value of Object.values(input)) if (/[+@0]/.test(value)) expect(text).not.toContain(value)
    }
  })
})

/** A response without its random parts and its masked number. */
function withoutNumber(answer: { readonly status: number; readonly text: string }): string {
  return normalizeResponse(answer).replace(/"destination":"[^"]*"/, '')
}
