import { afterAll, beforeAll, expect, it } from 'vitest'
import { RESET_GRANT_MS } from '../../src/features/passwords/reset-grants.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { readRedis, readEveryTable } from '../process/canary/canary-search.ts'
import {
  PASSWORD,
  newAddress,
  normalizeResponse,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts'
import { signedInBy } from '../support/outcomes.ts'
import {
  LogoutDocument,
  RefreshDocument,
  RegisterDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { eventually } from '../support/servers/processes.ts'
import {
  NEW_PASSWORD,
  UNLIMITED,
  readPasswordHash,
  loginCode,
  reset,
  resetTokenFor,
  verifyReset,
} from './password-steps.ts'
import { isSignedIn, signInAgain } from './session-steps.ts'

describeOn(EXTREMES, 'resetting a password', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, UNLIMITED)))
  afterAll(() => gateway.close())

  it('ends every session on every node, starts one, and notifies the owner (SR-016, SR-066)', async () => {
    const sibling = await gateway.sibling()
    const first = await gateway.signUp()
    const second = await signInAgain(sibling, first.email)
    const { data, errors } = await reset(gateway, await resetTokenFor(gateway, first.email))
    expect(errors).toEqual([])
    const after = signedInBy(data?.resetPassword ?? {})
    expect(after).toMatchObject({ messageKey: 'PASSWORD_RESET_SUCCESSFUL', session: { methods: ['otp'] } })
    for (const node of [gateway, sibling]) {
      expect([await isSignedIn(node, first), await isSignedIn(node, second)]).toEqual([false, false])
      expect(await isSignedIn(node, after)).toBe(true)
    }
    const refreshed = await gateway.send(RefreshDocument, { refreshToken: second.refreshToken })
    expect(refreshed.code).toBe('TOKEN_INVALID')
    expect(await loginCode(gateway, first.email, PASSWORD)).toBe('INVALID_CREDENTIALS')
    expect(await loginCode(gateway, first.email, NEW_PASSWORD)).toBeUndefined()
    await eventually(async () =>
      (await gateway.messagesTo(first.email)).some(({ subject }) => subject === 'Your password was changed'),
    )
    await sibling.app.close()
  })

  it('sets the first password of an account that signed in by code', async () => {
    const { email } = await gateway.signUp(newAddress(), null)
    expect((await reset(gateway, await resetTokenFor(gateway, email))).code).toBeUndefined()
    expect(await loginCode(gateway, email, NEW_PASSWORD)).toBeUndefined()
  })

  it('succeeds once for 50 concurrent requests with one grant on two nodes, and not again (SR-019)', async () => {
    const sibling = await gateway.sibling()
    const { email } = await gateway.signUp()
    const token = await resetTokenFor(gateway, email)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        reset(index % 2 === 0 ? gateway : sibling, token, `${NEW_PASSWORD} ${index}`),
      ),
    )
    const won = answers.flatMap(({ code }, index) => (code === undefined ? [index] : []))
    expect(won).toHaveLength(1)
    const lost = new Set(answers.map(({ code }) => code).filter(Boolean))
    expect([...lost].filter((code) => code !== 'SERVICE_UNAVAILABLE')).toEqual(['RESET_TOKEN_INVALID'])
    expect(await loginCode(gateway, email, `${NEW_PASSWORD} ${won[0] ?? ''}`)).toBeUndefined()
    expect((await reset(gateway, token)).code).toBe('RESET_TOKEN_INVALID')
    await sibling.app.close()
  })

  it('has one response for a grant that is spent, expired, superseded, forged or another token (SR-014, SR-026, SR-042)', async () => {
    const person = await gateway.signUp()
    const spent = await resetTokenFor(gateway, person.email)
    await reset(gateway, spent)
    const overtaken = await resetTokenFor(gateway, person.email)
    const again = (await reset(gateway, await resetTokenFor(gateway, person.email))).data?.resetPassword
    const signedOut = await resetTokenFor(gateway, person.email)
    await gateway.ask(LogoutDocument, { everywhere: true }, again?.accessToken)
    const suspended = await gateway.signUp()
    const shut = await resetTokenFor(gateway, suspended.email)
    await gateway.app.administration.suspend(suspended.email)
    const { requestOtp } = await gateway.ask(RequestOtpDocument, {
      input: { email: person.email, purpose: 'RESET_PASSWORD' },
    })
    const foreign = [requestOtp.challengeId, requestOtp.otpCode ?? '', person.accessToken, 'x', '']
    const tokens = [spent, overtaken, signedOut, shut, person.refreshToken ?? '', 'A'.repeat(43), ...foreign]
    const answers = await Promise.all(tokens.map((token) => reset(gateway, token)))
    // An access token is longer than any grant: it is rejected for its length.
    expect(answers.filter(({ code }) => code === 'BAD_USER_INPUT')).toHaveLength(1)
    const uniform = answers.filter(({ code }) => code !== 'BAD_USER_INPUT')
    expect(uniform[0]?.code).toBe('RESET_TOKEN_INVALID')
    expect(new Set(uniform.map(normalizeResponse)).size).toBe(1)
  })

  it('is possible for ten minutes by the clock of the gateway, independent of the state store (SR-024)', async () => {
    const { email } = await gateway.signUp()
    const late = await resetTokenFor(gateway, email)
    gateway.passTime(RESET_GRANT_MS)
    expect((await reset(gateway, late)).code).toBe('RESET_TOKEN_INVALID')
    const fresh = await resetTokenFor(gateway, email)
    gateway.passTime(RESET_GRANT_MS - 1000)
    expect((await reset(gateway, fresh)).code).toBeUndefined()
  })

  it('is not started by a rejected password: the grant stays valid (SR-005)', async () => {
    const { email } = await gateway.signUp()
    const token = await resetTokenFor(gateway, email)
    for (const weak of ['short', 'password1234', email, 'x'.repeat(257)])
      expect((await reset(gateway, token, weak)).code).toBe('BAD_USER_INPUT')
    expect((await reset(gateway, token)).code).toBeUndefined()
  })

  it('issues no session for a code of this purpose, and no grant for a code of another (SR-026, SR-074)', async () => {
    const { email } = await gateway.signUp()
    const granted = await verifyReset(gateway, email)
    expect(Object.keys(granted.data?.verifyOtp ?? {})).toEqual([
      'messageKey',
      'resetToken',
      'expiresIn',
      'mfaMethods',
    ])
    for (const [asked, given] of [
      ['RESET_PASSWORD', 'LOGIN'],
      ['LOGIN', 'RESET_PASSWORD'],
    ] as const) {
      const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email, purpose: asked } })
      const code = requestOtp.otpCode ?? ''
      for (const reference of [{ challengeId: requestOtp.challengeId }, { email }]) {
        const answer = await gateway.send(VerifyOtpDocument, {
          input: { ...reference, purpose: given, code },
        })
        expect(['OTP_NOT_FOUND', 'OTP_INVALID']).toContain(answer.code)
      }
    }
  })

  it('of an account that a stranger registered gives it to the owner only and removes the password of the stranger (SR-013)', async () => {
    const email = newAddress()
    await gateway.ask(RegisterDocument, { input: { email, password: PASSWORD } })
    const token = await resetTokenFor(gateway, email)
    // Proof of the address accepts neither the password of the stranger nor one registered meanwhile.
    expect(await loginCode(gateway, email, PASSWORD)).toBe('INVALID_CREDENTIALS')
    await gateway.ask(RegisterDocument, { input: { email, password: `${PASSWORD} again` } })
    const { data } = await reset(gateway, token)
    expect(data?.resetPassword.user).toMatchObject({ email, status: 'ACTIVE', emailVerified: true })
    for (const dead of [PASSWORD, `${PASSWORD} again`])
      expect(await loginCode(gateway, email, dead)).toBe('INVALID_CREDENTIALS')
    expect(await loginCode(gateway, email, NEW_PASSWORD)).toBeUndefined()
  })

  it('has the same responses for an account, a suspended one and none (SR-076, SR-078, SR-079)', async () => {
    const [known, suspended] = [await gateway.signUp(), await gateway.signUp()]
    await gateway.app.administration.suspend(suspended.email)
    const emails = [known.email, suspended.email, newAddress()]
    const asked = await Promise.all(
      emails.map((email) =>
        gateway.send(RequestOtpDocument, { input: { email, purpose: 'RESET_PASSWORD' } }),
      ),
    )
    const shapes = asked.map(({ text, status }, index) =>
      normalizeResponse({ status, text: text.replaceAll(`${emails[index]?.[0] ?? ''}***`, '***') }),
    )
    expect(new Set(shapes).size).toBe(1)
    const wrong = await Promise.all(emails.map((email) => verifyReset(gateway, email, true)))
    expect(new Set(wrong.map(normalizeResponse)).size).toBe(1)
    // The own code of a decoy is rejected too.
    for (const email of emails.slice(1)) expect((await verifyReset(gateway, email)).code).toBe('OTP_INVALID')
  })

  it('leaves no token in any table or key, and restores the grant when the database fails (SR-027, SR-161)', async () => {
    const person = await gateway.signUp()
    const token = await resetTokenFor(gateway, person.email)
    const tables = await readEveryTable(gateway, backend.database)
    const stored = [...tables, ...(await readRedis(gateway.environment['REDIS_URL']))]
    expect(stored.some(({ text }) => text.includes('reset-grant:'))).toBe(true)
    expect(stored.filter(({ text }) => text.includes(token))).toEqual([])

    const before = await readPasswordHash(gateway, person.email)
    await gateway.sql('ALTER TABLE sessions RENAME TO away')
    const failed = await reset(gateway, token)
    await gateway.sql('ALTER TABLE away RENAME TO sessions')
    expect(['SERVICE_UNAVAILABLE', 'INTERNAL_SERVER_ERROR']).toContain(failed.code)
    expect(await readPasswordHash(gateway, person.email)).toBe(before)
    expect(await isSignedIn(gateway, person)).toBe(true)
    expect((await reset(gateway, token)).code).toBeUndefined()
    expect(await isSignedIn(gateway, person)).toBe(false)
  })
})
