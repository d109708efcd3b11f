import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { LoginDocument, MyAuditEventsDocument, ResetPasswordDocument } from '../generated/graphql.ts'
import { eventually } from '../support/servers/processes.ts'
import { nextCode, refusalOf, signUpWithApp, wrongCode } from './mfa-steps.ts'
import { NEW_PASSWORD, UNLIMITED, resetTokenFor, verifyReset } from './password-steps.ts'
import { isSignedIn } from './session-steps.ts'

describeOn(EXTREMES, 'a password reset with a second factor', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, UNLIMITED)))
  afterAll(() => gateway.close())

  const reset = (resetToken: string, mfaCode: string | null = null) =>
    gateway.send(ResetPasswordDocument, { input: { resetToken, newPassword: NEW_PASSWORD, mfaCode } })
  const passwordHolds = async (email: string, password: string) =>
    (await gateway.send(LoginDocument, { input: { email, password } })).code === undefined

  it('requires the factor: a mailbox alone changes nothing, ends nothing and signs in no caller (SR-017, SR-074)', async () => {
    const person = await signUpWithApp(gateway)
    const { data } = await verifyReset(gateway, person.email)
    expect(data?.verifyOtp.mfaMethods).toEqual(['TOTP', 'RECOVERY_CODE'])
    const token = data?.verifyOtp.resetToken ?? ''
    expect((await reset(token)).code).toBe('BAD_USER_INPUT')
    for (const wrong of [wrongCode(person.secret, gateway.now()), 'AAAA-AAAA-AAAA-AAAA'])
      expect(refusalOf(await reset(token, wrong))[0]).toBe('MFA_INVALID')
    expect(await passwordHolds(person.email, person.password)).toBe(true)
    expect(await passwordHolds(person.email, NEW_PASSWORD)).toBe(false)
    expect(await isSignedIn(gateway, person)).toBe(true)
  })

  it('takes a code of the app or a recovery code, each once, and keeps the grant after a mistyped code (SR-019, SR-036)', async () => {
    const person = await signUpWithApp(gateway)
    const byApp = await resetTokenFor(gateway, person.email)
    await reset(byApp, wrongCode(person.secret, gateway.now()))
    const code = nextCode(gateway, person)
    const done = await reset(byApp, code)
    expect(done.data?.resetPassword.session.methods).toEqual(['otp', 'totp'])
    expect(await isSignedIn(gateway, person)).toBe(false)
    const again = await resetTokenFor(gateway, person.email)
    expect(refusalOf(await reset(again, code))[0]).toBe('MFA_INVALID')
    const [recovery = ''] = person.recoveryCodes
    expect((await reset(again, recovery)).data?.resetPassword.session.methods).toEqual(['otp', 'recovery'])
    const third = await resetTokenFor(gateway, person.email)
    expect(refusalOf(await reset(third, recovery))[0]).toBe('MFA_INVALID')
  })

  it('notifies the owner of a recovery code that was spent on it, with the number left (SR-127)', async () => {
    const person = await signUpWithApp(gateway)
    const [recovery = ''] = person.recoveryCodes
    const done = await reset(await resetTokenFor(gateway, person.email), recovery)
    const token = done.data?.resetPassword.accessToken ?? ''
    const message = await eventually(async () =>
      (await gateway.messagesTo(person.email)).find(({ subject }) => subject === 'A recovery code was used'),
    )
    expect(message?.text).toContain('left: 9')
    const seen = await eventually(async () => {
      const { myAuditEvents } = await gateway.ask(MyAuditEventsDocument, {}, token)
      return myAuditEvents.edges.find(({ node }) => node.event === 'authn_mfa_recovery_code_used') ?? false
    })
    expect(seen.node.sessionId).toBe(done.data?.resetPassword.session.id)
  })

  it('succeeds once for 30 concurrent requests with one grant and code (SR-019)', async () => {
    const person = await signUpWithApp(gateway)
    const token = await resetTokenFor(gateway, person.email)
    const code = nextCode(gateway, person)
    const answers = await Promise.all(Array.from({ length: 30 }, () => reset(token, code)))
    expect(answers.filter((answer) => answer.code === undefined)).toHaveLength(1)
    expect(await passwordHolds(person.email, NEW_PASSWORD)).toBe(true)
  })

  it('shares its budget of guesses with the second step of a sign-in (SR-017, SR-021)', async () => {
    const strict = await startGateway(backend, { RATE_LIMIT_SCALE: '1' })
    const person = await signUpWithApp(strict)
    strict.passTime(60_000)
    const token = await resetTokenFor(strict, person.email)
    const codes: (string | undefined)[] = []
    for (let tried = 0; tried < 32; tried += 1) {
      const mfaCode = wrongCode(person.secret, strict.now())
      const input = { resetToken: token, newPassword: NEW_PASSWORD, mfaCode }
      codes.push((await strict.send(ResetPasswordDocument, { input })).code)
    }
    expect(codes.filter((code) => code === 'MFA_INVALID').length).toBeLessThanOrEqual(30)
    expect(codes.at(-1)).toBe('RATE_LIMITED')
    await strict.close()
  })
})
