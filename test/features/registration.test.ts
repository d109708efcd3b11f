import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnEveryBackend } from '../support/backends.ts'
import {
  PASSWORD,
  newAddress,
  normalizeResponse,
  startGateway,
  type GraphqlResponse,
  type TestGateway,
} from '../support/gateway.ts'
import {
  LoginDocument,
  MeDocument,
  RegisterDocument,
  RequestOtpDocument,
  VerifyEmailDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { signedInBy } from '../support/outcomes.ts'
import { reset, resetTokenFor } from './password-steps.ts'

/** The cookie that a registration sets, as a browser sends it back. */
function readRegistrationCookie({ headers }: Pick<GraphqlResponse<unknown>, 'headers'>): string {
  const texts = [headers['set-cookie'] ?? []].flat() as string[]
  const text = texts.find((each) => each.startsWith('__Host-gateway-registration=')) ?? ''
  return text.split(';')[0] ?? ''
}

const ATTACKERS = 'the attacker knows this one'

describeOnEveryBackend('registration', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })))
  afterAll(() => gateway.close())

  const register = async (email: string, password: string | null = PASSWORD) =>
    (await gateway.ask(RegisterDocument, { input: { email, password } })).register
  const verify = (input: { challengeId?: string; email?: string; code: string | null }) =>
    gateway.send(VerifyOtpDocument, {
      input: { ...input, code: input.code ?? '', purpose: 'VERIFY_EMAIL' },
    })
  const canLogIn = async (email: string, password: string) =>
    (await gateway.send(LoginDocument, { input: { email, password } })).code === undefined
  const byLink = (token: string, signIn = true, cookie?: string) =>
    gateway.send(VerifyEmailDocument, { token, signIn }, { headers: cookie === undefined ? {} : { cookie } })
  /** Registers an account in a browser; the cookie that proves it. */
  const registerInBrowser = async (email: string, password = PASSWORD) => {
    const input = { email, password, fullName: 'Eve', locale: 'ko' }
    const answer = await gateway.send(RegisterDocument, { input })
    const cookie = readRegistrationCookie(answer)
    return { ...answer.data?.register, challengeId: answer.data?.register.challengeId ?? '', cookie }
  }
  const readAccount = async (email: string) => {
    const [row] = await gateway.sql<{
      password_hash: string | null
      full_name: string | null
      locale: string | null
    }>(`SELECT password_hash, full_name, locale FROM users WHERE email = '${email}'`)
    return [row?.password_hash !== null, row?.full_name ?? null, row?.locale ?? null]
  }

  it('of one address, 50 times at once and in every spelling, creates one account and one response (SR-011, SR-012)', async () => {
    const email = newAddress()
    const spellings = [email, email.toUpperCase(), ` ${email}`, email.replace('example', 'EXAMPLE')]
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        gateway.send(RegisterDocument, {
          input: { email: spellings[index % 4] ?? email, password: PASSWORD },
        }),
      ),
    )
    expect(new Set(answers.map(normalizeResponse)).size).toBe(1)
    expect(await gateway.sql(`SELECT id FROM users WHERE lower(email) = '${email}'`)).toHaveLength(1)
  })

  it('has one response whether or not the address is taken, and notifies its owner (SR-078)', async () => {
    const { email } = await gateway.signUp()
    const input = { email, password: ATTACKERS }
    const taken = await gateway.send(RegisterDocument, { input })
    const free = await gateway.send(RegisterDocument, { input: { ...input, email: newAddress() } })
    expect(normalizeResponse(taken)).toBe(normalizeResponse(free))
    await expect
      .poll(async () => (await gateway.messagesTo(email)).at(-1)?.text)
      .toContain('already have an account')
    const { challengeId = '', otpCode = '' } = taken.data?.register ?? {}
    expect((await verify({ challengeId, code: otpCode ?? '' })).code).toBe('OTP_INVALID')
    expect([await canLogIn(email, ATTACKERS), await canLogIn(email, PASSWORD)]).toEqual([false, true])
  })

  it('issues no tokens before the address is verified (SR-013, SR-121)', async () => {
    const email = newAddress()
    await register(email)
    expect(await canLogIn(email, PASSWORD)).toBe(false)
  })

  it('by the person who verifies replaces one that was not verified: the earlier password and code are invalid (SR-013)', async () => {
    const email = newAddress()
    const first = await register(email, ATTACKERS)
    const second = await register(email)
    expect((await verify({ challengeId: first.challengeId, code: first.otpCode })).code).toBe('OTP_NOT_FOUND')
    const { data } = await verify({ challengeId: second.challengeId, code: second.otpCode })
    expect(data?.verifyOtp && signedInBy(data.verifyOtp).user.email).toBe(email)
    expect([await canLogIn(email, ATTACKERS), await canLogIn(email, PASSWORD)]).toEqual([false, true])
  })

  it.each(['a code by the address', 'a link', 'a code that was asked for'] as const)(
    'after another one is confirmed by %s without either password: the mailbox does not prove who chose it (SR-013)',
    async (how) => {
      const email = newAddress()
      await register(email)
      const attack = await register(email, ATTACKERS)
      if (how === 'a link') {
        const { code } = await byLink(await readLink(email, attack.challengeId))
        expect(code).toBeUndefined()
      } else if (how === 'a code by the address') {
        expect((await verify({ email, code: attack.otpCode })).code).toBeUndefined()
      } else {
        const input = { email, purpose: 'VERIFY_EMAIL' } as const
        const { challengeId, otpCode } = (await gateway.ask(RequestOtpDocument, { input })).requestOtp
        expect((await verify({ challengeId, code: otpCode })).code).toBeUndefined()
      }
      expect([await canLogIn(email, ATTACKERS), await canLogIn(email, PASSWORD)]).toEqual([false, false])
    },
  )

  it('is confirmed by the link of its message, once, and signs in', async () => {
    const email = newAddress()
    const { challengeId, otpCode, cookie } = await registerInBrowser(email)
    const token = await readLink(email, challengeId)
    const answers = await Promise.all(Array.from({ length: 50 }, () => byLink(token, true, cookie)))
    const [winner, ...others] = answers.filter(({ code }) => code === undefined)
    expect(others).toEqual([])
    const { user, signIn, messageKey } = winner?.data?.verifyEmail ?? {}
    expect([user?.status, user?.emailVerified, messageKey]).toEqual([
      'ACTIVE',
      true,
      'EMAIL_VERIFIED_SUCCESSFULLY',
    ])
    const { accessToken } = signedInBy(signIn ?? {})
    expect((await gateway.ask(MeDocument, {}, accessToken)).me.email).toBe(email)
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set([undefined, 'TOKEN_INVALID']))
    expect((await verify({ challengeId, code: otpCode ?? '' })).code).toBe('OTP_NOT_FOUND')
    expect(await canLogIn(email, PASSWORD)).toBe(true)
  })

  it('is confirmed without a session if no sign-in is requested', async () => {
    const email = newAddress()
    const { challengeId, cookie } = await registerInBrowser(email)
    const { data } = await byLink(await readLink(email, challengeId), false, cookie)
    expect(data?.verifyEmail).toMatchObject({ signIn: null, user: { status: 'ACTIVE' } })
    expect(
      await gateway.sql(`SELECT id FROM sessions WHERE user_id = '${data?.verifyEmail.user.id ?? ''}'`),
    ).toEqual([])
    expect(await canLogIn(email, PASSWORD)).toBe(true)
  })

  it.each([
    'a link',
    'a link without a sign-in',
    'a code by the address',
    'a sign-in code',
    'a reset',
  ] as const)(
    'that the owner of the mailbox confirms by %s keeps nothing that a stranger has set (SR-013, SR-222)',
    async (how) => {
      const email = newAddress()
      const { challengeId, otpCode } = await registerInBrowser(email, ATTACKERS)
      if (how === 'a code by the address') {
        expect((await verify({ email, code: otpCode ?? '' })).code).toBeUndefined()
      } else if (how === 'a sign-in code') {
        const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email } })
        const input = { email, code: requestOtp.otpCode ?? '' }
        expect((await gateway.send(VerifyOtpDocument, { input })).code).toBeUndefined()
      } else if (how === 'a reset') {
        expect((await reset(gateway, await resetTokenFor(gateway, email))).code).toBeUndefined()
      } else {
        const link = await readLink(email, challengeId)
        expect((await byLink(link, how === 'a link')).code).toBeUndefined()
      }
      expect(await canLogIn(email, ATTACKERS)).toBe(false)
      expect(await readAccount(email)).toEqual([how === 'a reset', null, null])
      if (how === 'a reset') return
      await expect
        .poll(async () => (await gateway.messagesTo(email)).at(-1)?.subject)
        .toBe('Your account has no password')
    },
  )

  it('keeps password, name and language in the browser that registered, and in no other (SR-222)', async () => {
    const email = newAddress()
    await registerInBrowser(email, ATTACKERS)
    const earlier = await registerInBrowser(email, ATTACKERS)
    const { challengeId, cookie } = await registerInBrowser(email)
    const other = await registerInBrowser(newAddress())
    expect(new Set([earlier.cookie, cookie, other.cookie].map(({ length }) => length)).size).toBe(1)
    const taken = await registerInBrowser((await gateway.signUp()).email)
    expect(taken.cookie).toHaveLength(cookie.length)
    const link = await readLink(email, challengeId)
    expect((await byLink(link, true, cookie)).code).toBeUndefined()
    expect([await canLogIn(email, PASSWORD), await readAccount(email)]).toEqual([true, [true, 'Eve', 'ko']])
    for (const foreign of [earlier.cookie, other.cookie, taken.cookie, `${cookie.slice(0, -2)}xx`]) {
      const address = newAddress()
      const own = await registerInBrowser(address)
      expect((await byLink(await readLink(address, own.challengeId), true, foreign)).code).toBeUndefined()
      expect(await readAccount(address)).toEqual([false, null, null])
    }
  })

  it('tells its owner whether the account has a password (SR-222)', async () => {
    const { accessToken: token, email } = await gateway.signUp()
    const ask = async () => (await gateway.sendText('{ me { hasPassword } }', {}, { token })).data
    expect(await ask()).toEqual({ me: { hasPassword: true } })
    await gateway.sql(`UPDATE users SET password_hash = NULL WHERE email = '${email}'`)
    expect(await ask()).toEqual({ me: { hasPassword: false } })
  })

  it('is not confirmed by a link that was replaced, forged, or is of another purpose (SR-014, SR-042)', async () => {
    const email = newAddress()
    const { challengeId } = await register(email)
    const token = await readLink(email, challengeId)
    const [placeId = '', nonce = '', mac = ''] = token.split('.')
    const forged = [
      `${placeId}.${nonce}.${[...mac].reverse().join('')}`,
      `${placeId}.${nonce}`,
      challengeId,
      token.toUpperCase(),
      `${token}.`,
      '',
      'x'.repeat(5000),
    ]
    for (const text of forged) expect((await byLink(text)).code).toBe('TOKEN_INVALID')
    await register(email)
    expect((await byLink(token)).code).toBe('TOKEN_INVALID')
  })

  it('is rejected like an invalid link once its account is suspended, signing in or not', async () => {
    for (const signIn of [true, false]) {
      const email = newAddress()
      const { challengeId } = await register(email)
      const token = await readLink(email, challengeId)
      await gateway.app.administration.suspend(email)
      expect((await gateway.send(VerifyEmailDocument, { token, signIn })).code).toBe('TOKEN_INVALID')
    }
  })

  /** The token of the link in the message of a challenge. */
  async function readLink(email: string, challengeId: string): Promise<string> {
    await expect.poll(() => gateway.linkTokenFor(email)).toContain(challengeId)
    return gateway.linkTokenFor(email)
  }
})
