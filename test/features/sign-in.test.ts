import { afterAll, beforeAll, expect, it } from 'vitest'
import { BACKENDS_AND_POOLER, EVERY_STORE, describeOn } from '../support/backends.ts'
import { eventually } from '../support/servers/processes.ts'
import {
  PASSWORD,
  newAddress,
  normalizeResponse,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts'
import {
  LoginDocument,
  MeDocument,
  RegisterDocument,
  RequestOtpDocument,
  SessionsDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { signedInBy } from '../support/outcomes.ts'

describeOn(EVERY_STORE, 'signing in', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })))
  afterAll(() => gateway.close())

  it('registers a person, verifies the address by the code of the message and signs the person in', async () => {
    const email = newAddress()
    const { register } = await gateway.ask(RegisterDocument, {
      input: { email, password: PASSWORD, fullName: 'Ada' },
    })
    const code = await gateway.codeFor(email)
    expect(register).toMatchObject({ messageKey: 'OTP_SENT_SUCCESSFULLY', expiresIn: 300, otpCode: code })
    const before = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
    expect(before.code).toBe('INVALID_CREDENTIALS')
    const input = { challengeId: register.challengeId, purpose: 'VERIFY_EMAIL', code } as const
    const verified = signedInBy((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp)
    expect(verified).toMatchObject({
      messageKey: 'OTP_VERIFIED_SUCCESSFULLY',
      tokenType: 'Bearer',
      expiresIn: 900,
    })
    expect(verified.user).toMatchObject({
      email,
      emailVerified: true,
      status: 'ACTIVE',
      fullName: 'Ada',
      roles: ['USER'],
    })
    const { me } = await gateway.ask(MeDocument, {}, verified.accessToken)
    expect(me).toEqual(verified.user)
  })

  it('accepts the password of a verified person, in any spelling of the address', async () => {
    const { email } = await gateway.signUp()
    const input = { email: ` ${email.toUpperCase()} `, password: PASSWORD }
    const login = signedInBy((await gateway.ask(LoginDocument, { input })).login)
    expect(login.user.email).toBe(email)
    expect(login.session).toMatchObject({ current: true, methods: ['pwd'] })
  })

  it('accepts a code alone, by the address as well as by the challenge', async () => {
    const { email } = await gateway.signUp(newAddress(), null)
    for (const by of ['challenge', 'address'] as const) {
      const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
      expect(requestOtp).toMatchObject({
        channel: 'EMAIL',
        destination: `${email[0]}***@example.com`,
      })
      const reference = by === 'challenge' ? { challengeId: requestOtp.challengeId } : { email }
      const input = { ...reference, purpose: 'LOGIN', code: requestOtp.otpCode ?? '' } as const
      const verified = signedInBy((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp)
      expect(verified.session.methods).toEqual(['otp'])
    }
  })

  it('has one response for a wrong password, an unknown address and an account without a password (SR-076)', async () => {
    const known = await gateway.signUp()
    const passwordless = await gateway.signUp(newAddress(), null)
    const answers = await Promise.all(
      [known.email, passwordless.email, newAddress()].map((email) =>
        gateway.send(LoginDocument, { input: { email, password: 'not this one, surely' } }),
      ),
    )
    expect(new Set(answers.map(normalizeResponse)).size).toBe(1)
    expect(answers[0]?.code).toBe('INVALID_CREDENTIALS')
  })

  it('has the same response to a registration whether or not the address is taken, and notifies only its owner (SR-078)', async () => {
    const { email } = await gateway.signUp()
    const taken = await gateway.send(RegisterDocument, { input: { email, password: 'another password' } })
    const fresh = await gateway.send(RegisterDocument, { input: { email: newAddress(), password: PASSWORD } })
    expect(normalizeResponse(taken)).toEqual(normalizeResponse(fresh))
    const { challengeId, otpCode } = taken.data?.register ?? { challengeId: '', otpCode: '' }
    const input = { challengeId, code: otpCode ?? '', purpose: 'VERIFY_EMAIL' } as const
    expect((await gateway.send(VerifyOtpDocument, { input })).code).toBe('OTP_INVALID')
    await eventually(async () =>
      (await gateway.messagesTo(email)).some(({ subject }) => subject === 'You already have an account'),
    )
    expect((await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })).code).toBeUndefined()
  })

  it('gives every sign-in a session with a new id, independent of the request (SR-065)', async () => {
    const { email, session } = await gateway.signUp()
    const headers = { cookie: `sid=${session.id}`, 'x-session-id': session.id }
    const answer = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } }, { headers })
    const second = signedInBy(answer.data?.login)
    expect(second.session.id).not.toBe(session.id)
    const { sessions } = await gateway.ask(SessionsDocument, {}, second.accessToken)
    expect(sessions.map(({ id }) => id)).toEqual([second.session.id, session.id])
  })

  it('removes the password of a stranger who registered an address when its owner signs in by code', async () => {
    const email = newAddress()
    await gateway.ask(RegisterDocument, { input: { email, password: 'chosen by a stranger' } })
    const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
    const input = { email, purpose: 'LOGIN', code: requestOtp.otpCode ?? '' } as const
    const verified = signedInBy((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp)
    expect(verified.user.status).toBe('ACTIVE')
    const stranger = await gateway.send(LoginDocument, { input: { email, password: 'chosen by a stranger' } })
    expect(stranger.code).toBe('INVALID_CREDENTIALS')
  })

  // Accounts are in the database: a further kind of state store makes no difference.
  if (BACKENDS_AND_POOLER.includes(backend))
    it('makes one account of 50 concurrent registrations of one address (SR-011)', async () => {
      const email = newAddress()
      const spellings = [email, email.toUpperCase(), ` ${email}`]
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          gateway.send(RegisterDocument, {
            input: { email: spellings[index % 3] ?? email, password: PASSWORD },
          }),
        ),
      )
      expect(answers.every(({ code }) => code === undefined)).toBe(true)
      const first = await verifyByAddress(email)
      const second = await verifyByAddress(email)
      expect(second.user.id).toBe(first.user.id)
    })

  async function verifyByAddress(email: string) {
    const { requestOtp } = await gateway.ask(RequestOtpDocument, {
      input: { email, purpose: 'VERIFY_EMAIL' },
    })
    const input = { email, purpose: 'VERIFY_EMAIL', code: requestOtp.otpCode ?? '' } as const
    return signedInBy((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp)
  }
})
