import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  MeDocument,
  MyAuditEventsDocument,
  RegisterPhoneDocument,
  RemovePhoneDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { describeOnEveryBackend } from '../support/backends.ts'
import { newPhone, startGateway, type TestGateway } from '../support/gateway.ts'
import { signedInBy } from '../support/outcomes.ts'
import { eventually } from '../support/servers/processes.ts'
import { UNLIMITED } from './password-steps.ts'
import { createPerson, requestCode, setPhone } from './proof-steps.ts'
import { isSignedIn } from './session-steps.ts'

describeOnEveryBackend('removePhone', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, UNLIMITED)))
  afterAll(() => gateway.close())

  const remove = (token?: string) => gateway.send(RemovePhoneDocument, {}, { token })

  it('removes the number, which no longer signs in and is free for another account (SR-180)', async () => {
    const { accessToken: token, email, phone } = await createPerson(gateway, false)
    const removed = (await remove(token)).data?.removePhone
    expect(removed).toMatchObject({ email, emailVerified: true, phone: null, phoneVerified: false })
    expect((await gateway.ask(MeDocument, {}, token)).me).toEqual(removed)
    const input = await requestCode(gateway, { phone }, 'LOGIN')
    expect((await gateway.send(VerifyOtpDocument, { input })).code).toBe('OTP_INVALID')
    const other = await gateway.signUp()
    expect((await setPhone(gateway, other.accessToken, phone)).code).toBeUndefined()
  })

  it('notifies the e-mail address and the removed number, and records the event (SR-180)', async () => {
    const { accessToken: token, email, phone, session } = await createPerson(gateway, false)
    await remove(token)
    for (const address of [email, phone])
      await eventually(async () =>
        (await gateway.messagesTo(address)).some(({ text }) =>
          /phone number [+\d•*]+ was removed/.test(text),
        ),
      )
    const seen = await eventually(async () => {
      const { myAuditEvents } = await gateway.ask(MyAuditEventsDocument, {}, token)
      return myAuditEvents.edges.find(({ node }) => node.event === 'user_phone_removed') ?? false
    })
    expect(seen.node.sessionId).toBe(session.id)
  })

  it('is refused where the number is the only verified contact, and says so (SR-180)', async () => {
    const phone = newPhone()
    const { registerPhone } = await gateway.ask(RegisterPhoneDocument, { input: { phone } })
    const code = await gateway.codeFor(phone)
    const input = { challengeId: registerPhone.challengeId, purpose: 'VERIFY_PHONE', code } as const
    const { accessToken } = signedInBy((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp)
    const { code: refusal, status, errors } = await remove(accessToken)
    expect([refusal, errors[0]?.message]).toEqual([
      'LAST_CONTACT',
      'This is the only verified contact of the account, so it cannot be removed.',
    ])
    expect(status).toBe(200)
    expect((await gateway.ask(MeDocument, {}, accessToken)).me.phone).toBe(phone)
  })

  it('is refused without a number, without a sign-in, and for a sign-in that is too old (SR-180)', async () => {
    expect((await remove()).code).toBe('UNAUTHENTICATED')
    expect((await remove((await gateway.signUp()).accessToken)).code).toBe('CONFLICT')
    const { accessToken } = await createPerson(gateway, false)
    gateway.passTime(14.9 * 60_000)
    expect(await isSignedIn(gateway, { accessToken })).toBe(true)
    gateway.passTime(7_000)
    expect((await remove(accessToken)).code).toMatch(/REAUTHENTICATION_REQUIRED|UNAUTHENTICATED/)
  })

  it('succeeds once for 20 concurrent requests (SR-180)', async () => {
    const { accessToken } = await createPerson(gateway, false)
    const answers = await Promise.all(Array.from({ length: 20 }, () => remove(accessToken)))
    const codes = answers.map(({ code }) => code ?? 'removed')
    expect(codes.filter((code) => code === 'removed')).toHaveLength(1)
    expect(new Set(codes)).toEqual(new Set(['removed', 'CONFLICT']))
  })

  it('is limited per account (SR-180)', async () => {
    const strict = await gateway.sibling({ RATE_LIMIT_SCALE: '1' })
    const { accessToken: token } = await gateway.signUp()
    const codes: (string | undefined)[] = []
    for (let tried = 0; tried < 11; tried += 1)
      codes.push((await strict.send(RemovePhoneDocument, {}, { token })).code)
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 'CONFLICT'), 'RATE_LIMITED'])
    await strict.app.close()
  })
})
