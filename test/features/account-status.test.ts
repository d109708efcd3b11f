import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import {
  PASSWORD,
  newAddress,
  newPhone,
  normalizeResponse,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts'
import {
  RegisterDocument,
  RegisterPhoneDocument,
  RequestOtpDocument,
  VerifyEmailDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { signedInBy } from '../support/outcomes.ts'
import { UNLIMITED, loginCode, resetTokenFor, reset, verifyReset } from './password-steps.ts'

describeOn(EXTREMES, 'confirmation and suspension', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, UNLIMITED)))
  afterAll(() => gateway.close())

  async function registerOnly() {
    const email = newAddress()
    const { register } = await gateway.ask(RegisterDocument, { input: { email, password: PASSWORD } })
    return { email, challengeId: register.challengeId, code: register.otpCode ?? '' }
  }
  const verify = (challengeId: string, code: string) =>
    gateway.send(VerifyOtpDocument, { input: { challengeId, code, purpose: 'VERIFY_EMAIL' } })
  const statusOf = async (column: 'email' | 'phone', value: string) =>
    (
      await gateway.sql<{ status: string; suspended: string | null }>(
        `SELECT status, suspended_at AS suspended FROM users WHERE ${column} = '${value}'`,
      )
    ).map(({ status, suspended }) => [status, suspended !== null])[0]

  it.each([
    ['suspended and reinstated', ['suspend', 'reinstate']],
    ['reinstated without a suspension', ['reinstate']],
    ['suspended twice and reinstated twice', ['suspend', 'suspend', 'reinstate', 'reinstate']],
  ] as const)(
    'are separate: a pending account that is %s stays pending and can be confirmed (SR-198)',
    async (_what, commands) => {
      const { email } = await registerOnly()
      for (const command of commands) await gateway.app.administration[command](email)
      expect(await statusOf('email', email)).toEqual(['PENDING', false])
      expect(await loginCode(gateway, email, PASSWORD)).toBe('INVALID_CREDENTIALS')
      const input = { email, purpose: 'VERIFY_EMAIL' } as const
      const { requestOtp } = await gateway.ask(RequestOtpDocument, { input })
      const confirmed = await verify(requestOtp.challengeId, requestOtp.otpCode ?? '')
      expect(confirmed.errors).toEqual([])
      expect(await statusOf('email', email)).toEqual(['ACTIVE', false])
    },
  )

  it('are separate: a confirmed account is active again when it is reinstated, also one with a phone number only (SR-198)', async () => {
    const person = await gateway.signUp()
    await gateway.app.administration.suspend(person.email)
    expect(await statusOf('email', person.email)).toEqual(['SUSPENDED', true])
    expect(await loginCode(gateway, person.email, PASSWORD)).toBe('INVALID_CREDENTIALS')
    await gateway.app.administration.reinstate(person.email)
    expect(await loginCode(gateway, person.email, PASSWORD)).toBeUndefined()
    const phone = newPhone()
    const { registerPhone } = await gateway.ask(RegisterPhoneDocument, { input: { phone } })
    const { challengeId, otpCode } = registerPhone
    const input = { challengeId, code: otpCode ?? '', purpose: 'VERIFY_PHONE' } as const
    const { user } = signedInBy((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp)
    expect(user.status).toBe('ACTIVE')
    await gateway.app.administration.suspend(phone)
    expect(await statusOf('phone', phone)).toEqual(['SUSPENDED', true])
    await gateway.app.administration.reinstate(phone)
    expect(await statusOf('phone', phone)).toEqual(['ACTIVE', false])
  })

  it('of a suspended pending account: codes and links prove nothing until it is reinstated (SR-198)', async () => {
    const { email, challengeId, code } = await registerOnly()
    const [link, grant] = [await gateway.linkTokenFor(email), await resetTokenFor(gateway, email)]
    await gateway.app.administration.suspend(email)
    expect((await verify(challengeId, code)).code).toBe('OTP_INVALID')
    for (const signIn of [true, false])
      expect((await gateway.send(VerifyEmailDocument, { token: link, signIn })).code).toBe('TOKEN_INVALID')
    expect((await reset(gateway, grant)).code).toBe('RESET_TOKEN_INVALID')
    expect((await verifyReset(gateway, email)).code).toBe('OTP_INVALID')
    expect(await statusOf('email', email)).toEqual(['SUSPENDED', true])
  })

  it('show a suspended pending account to its registrant like an unknown address (SR-078, SR-198)', async () => {
    const { email } = await registerOnly()
    await gateway.app.administration.suspend(email)
    for (const purpose of ['LOGIN', 'VERIFY_EMAIL', 'RESET_PASSWORD'] as const) {
      const [suspended, unknown] = await Promise.all(
        [email, newAddress()].map((to) =>
          gateway.send(RequestOtpDocument, { input: { email: to, purpose } }),
        ),
      )
      expect(suspended && normalizeResponse(suspended)).toBe(unknown && normalizeResponse(unknown))
    }
    const [again, free] = [email, newAddress()].map((to) => ({ email: to, password: PASSWORD }))
    const answers = [again, free].map((input) =>
      gateway.send(RegisterDocument, { input: input ?? { email: '' } }),
    )
    expect(new Set((await Promise.all(answers)).map(normalizeResponse)).size).toBe(1)
    expect(await statusOf('email', email)).toEqual(['SUSPENDED', true])
  })

  it('follow what a node of version 0.1 writes into the status alone (SR-198)', async () => {
    const { email, accessToken } = await gateway.signUp()
    const pending = await registerOnly()
    await gateway.sql(`UPDATE users SET status = 'SUSPENDED' WHERE email = '${email}'`)
    expect(await loginCode(gateway, email, PASSWORD)).toBe('INVALID_CREDENTIALS')
    await gateway.app.administration.reinstate(email)
    expect(await loginCode(gateway, email, PASSWORD)).toBeUndefined()
    // `reinstate` of that version.
    await gateway.sql(`UPDATE users SET status = 'ACTIVE' WHERE email = '${pending.email}'`)
    expect(await loginCode(gateway, pending.email, PASSWORD)).toBe('INVALID_CREDENTIALS')
    expect((await verify(pending.challengeId, pending.code)).errors).toEqual([])
    expect(accessToken).toBeDefined()
  })
})
