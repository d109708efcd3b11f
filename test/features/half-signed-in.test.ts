import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId, systemRandom } from '../../src/core/secrets.ts'
import { describeOnEveryBackend } from '../support/backends.ts'
import { PASSWORD, newAddress, type GraphqlResponse, type TestGateway } from '../support/gateway.ts'
import {
  CreatePostDocument,
  LoginDocument,
  MeDocument,
  PostsDocument,
  RegisterDocument,
  RequestOtpDocument,
  RevokeOtherSessionsDocument,
  SessionsDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { startOpenGateway, type OpenGateway } from './open-gateway.ts'
import { challengeOf, nextCode, signUpWithApp, verifyMfa, wrongCode } from './mfa-steps.ts'
import { isSignedIn, tryRefresh } from './session-steps.ts'

/** It has the form of a refresh token, and proves only which browser has registered. */
const REGISTRATION_COOKIE = /__Host-gateway-registration=[\w.-]+/
/** A JWT, or a refresh token. A challenge id has two parts only. */
const TOKEN = /[\w-]{16,}\.[\w-]{16,}\.[\w-]{16,}|[\w-]{24}\.\d+\.[\w-]{43}/

describeOnEveryBackend('an incomplete sign-in', (backend) => {
  let opened: OpenGateway
  let gateway: TestGateway
  beforeAll(async () => {
    opened = await startOpenGateway(backend)
    gateway = opened.gateway
  })
  afterAll(() => gateway.close())

  const sessionRows = (email: string) =>
    gateway.sql<{ id: string }>(
      `SELECT sessions.id FROM sessions JOIN users ON users.id = user_id WHERE email = '${email}'`,
    )
  const recordsSince = async (before: readonly string[]) =>
    (await opened.records()).filter((text) => !before.includes(text))
  async function pendingAccount() {
    const email = newAddress()
    const asked = await gateway.send(RegisterDocument, { input: { email, password: PASSWORD } })
    const [user] = await gateway.sql<{ id: string }>(`SELECT id FROM users WHERE email = '${email}'`)
    return { email, asked, id: user?.id ?? '' }
  }
  /** Every step before the last one of a sign-in. */
  async function takeEveryStepButTheLast(email: string): Promise<GraphqlResponse<unknown>[]> {
    const answers: GraphqlResponse<unknown>[] = []
    for (const purpose of ['VERIFY_EMAIL', 'LOGIN'] as const) {
      const asked = await gateway.send(RequestOtpDocument, { input: { email, purpose } })
      const { challengeId = '', otpCode = '' } = asked.data?.requestOtp ?? {}
      const code = otherThan(otpCode)
      answers.push(asked)
      answers.push(await gateway.send(VerifyOtpDocument, { input: { challengeId, purpose, code } }))
      answers.push(await gateway.send(VerifyOtpDocument, { input: { email, purpose, code } }))
    }
    return answers
  }
  const expectNoToken = (answers: readonly GraphqlResponse<unknown>[]) => {
    for (const { text, headers } of answers)
      expect((text + JSON.stringify(headers)).replace(REGISTRATION_COOKIE, '')).not.toMatch(TOKEN)
  }
  /** Asked twice: state that the first request left must not change the second response. */
  async function expectShut(userId: string, sessionId: string): Promise<void> {
    const token = await opened.forge(userId, sessionId)
    for (const round of [1, 2]) {
      const codes = await protectedAnswers(gateway, token)
      expect([round, sessionId, ...new Set(codes)]).toEqual([round, sessionId, 'UNAUTHENTICATED'])
    }
  }

  it('of a PENDING account leaves no session, record or token (SR-074)', async () => {
    const before = await opened.records()
    const { email, asked } = await pendingAccount()
    const login = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
    const wrong = await gateway.send(LoginDocument, { input: { email, password: `${PASSWORD}!` } })
    expect([login.code, wrong.code]).toEqual(['INVALID_CREDENTIALS', 'INVALID_CREDENTIALS'])
    const steps = await takeEveryStepButTheLast(email)
    expect(steps.map(({ code }) => code)).toEqual(HALF_WAY)
    expectNoToken([asked, login, wrong, ...steps])
    expect(await sessionRows(email)).toEqual([])
    expect(await recordsSince(before)).toEqual([])
  })

  it('of an ACTIVE account leaves the state as it was before (SR-074)', async () => {
    const { email, session } = await gateway.signUp()
    const before = await opened.records()
    const login = await gateway.send(LoginDocument, { input: { email, password: `${PASSWORD}!` } })
    const steps = await takeEveryStepButTheLast(email)
    expect(steps.map(({ code }) => code)).toEqual(HALF_WAY)
    expectNoToken([login, ...steps])
    expect(await sessionRows(email)).toEqual([{ id: session.id }])
    expect(await recordsSince(before)).toEqual([])
  })

  it('is not completed by a token of the real key with no session, a foreign session or an unknown one (SR-074)', async () => {
    const [one, other] = [await gateway.signUp(), await gateway.signUp()]
    const pending = await pendingAccount()
    // The key is the real one: with a session of its own account such a token is valid.
    expect(await isSignedIn(gateway, { accessToken: await opened.forge(one.user.id, one.session.id) })).toBe(
      true,
    )
    const unknown = newId(systemRandom)
    const subjects = [
      [one.user.id, unknown],
      [pending.id, unknown],
      [pending.id, newId(systemRandom)],
      [one.user.id, other.session.id],
      [pending.id, one.session.id],
      ['unknown', one.session.id],
      [one.session.id, one.user.id],
    ] as const
    for (const [userId, sessionId] of subjects) await expectShut(userId, sessionId)
    expect([await isSignedIn(gateway, one), await isSignedIn(gateway, other)]).toEqual([true, true])
  })

  it('of an account with a second factor leaves no session, record or token, even if it is repeated (SR-074)', async () => {
    const person = await signUpWithApp(gateway)
    const before = [await sessionRows(person.email), await opened.records()]
    const answers: GraphqlResponse<unknown>[] = []
    const challenges: string[] = []
    for (const purpose of ['LOGIN', 'VERIFY_EMAIL'] as const) {
      const login = await gateway.send(LoginDocument, { input: { email: person.email, password: PASSWORD } })
      const asked = await gateway.ask(RequestOtpDocument, { input: { email: person.email, purpose } })
      const input = { email: person.email, purpose, code: asked.requestOtp.otpCode ?? '' }
      const verified = await gateway.send(VerifyOtpDocument, { input })
      challenges.push(
        challengeOf(login.data?.login).challengeId,
        challengeOf(verified.data?.verifyOtp).challengeId,
      )
      answers.push(login, verified)
    }
    for (const challengeId of challenges)
      answers.push(await verifyMfa(gateway, challengeId, wrongCode(person.secret, gateway.now())))
    expectNoToken(answers)
    expect([await sessionRows(person.email), await opened.records()]).toEqual(before)
    // A challenge id is not a session, a token or a refresh token.
    for (const challengeId of challenges) {
      await expectShut(person.user.id, challengeId)
      expect(await protectedAnswers(gateway, challengeId)).toEqual(Array(5).fill('UNAUTHENTICATED'))
      expect((await tryRefresh(gateway, { refreshToken: challengeId })).code).toBe('TOKEN_INVALID')
    }
    const [challengeId = ''] = challenges
    expect((await verifyMfa(gateway, challengeId, nextCode(gateway, person))).code).toBeUndefined()
    expect(await sessionRows(person.email)).toHaveLength(2)
  })

  it('is not completed by a session row of a PENDING account, which is not cached either (SR-074)', async () => {
    const { id, email } = await pendingAccount()
    const sessionId = newId(systemRandom)
    await gateway.sql(sessionRow(sessionId, id))
    await expectShut(id, sessionId)
    const before = await opened.records()
    expect(before.filter((text) => text.includes(id))).toEqual([])
    await takeEveryStepButTheLast(email)
    await expectShut(id, sessionId)
    expect(await recordsSince(before)).toEqual([])
  })

  it('is not completed by the id of a session in another spelling (SR-074)', async () => {
    const { user, session, accessToken } = await gateway.signUp()
    for (const spelling of buildSpellings(session.id)) await expectShut(user.id, spelling)
    expect(await isSignedIn(gateway, { accessToken })).toBe(true)
  })

  it('is rejected without an error when the session id is a text that no store can hold (SR-074)', async () => {
    const { user, session } = await gateway.signUp()
    for (const id of buildUnstorable(session.id)) await expectShut(user.id, id)
  })
})

/** The responses of the steps before the last one, for each purpose in turn. */
const HALF_WAY = [undefined, 'OTP_INVALID', 'OTP_INVALID', undefined, 'OTP_INVALID', 'OTP_INVALID']

/** The responses of protected fields that read, write and end, for a token. */
async function protectedAnswers(gateway: TestGateway, token: string): Promise<(string | undefined)[]> {
  const input = { title: 'half', content: 'half', published: true }
  const answers: GraphqlResponse<unknown>[] = [
    await gateway.send(MeDocument, {}, { token }),
    await gateway.send(SessionsDocument, {}, { token }),
    await gateway.send(PostsDocument, { first: 1 }, { token }),
    await gateway.send(CreatePostDocument, { input }, { token }),
    await gateway.send(RevokeOtherSessionsDocument, {}, { token }),
  ]
  return answers.map(({ code }) => code)
}

/** A session that could be written with direct access to the database only, for an unverified account. */
function sessionRow(id: string, userId: string): string {
  const [at, end] = [new Date(), new Date(Date.now() + 24 * 3600_000)].map((time) => time.toISOString())
  return `INSERT INTO sessions (id, user_id, counter, methods, created_at, last_used_at, expires_at, absolute_expires_at)
    VALUES ('${id}', '${userId}', 0, 'pwd', '${at}', '${at}', '${end}', '${end}')`
}

/** Texts that a careless lookup could accept as the id. */
function buildSpellings(id: string): string[] {
  const around = [`${id} `, ` ${id}`, `${id}\n`, `{${id}}`, `${id}}`, `${id}%`, `"${id}"`]
  const other = [id.toLowerCase(), id.toUpperCase(), id.slice(0, -1), `${id}${id}`]
  return [...around, ...other, '', ' ', '*', '%', '_'.repeat(24), "' OR '1'='1", '열쇠🔑', '__proto__']
}

function buildUnstorable(id: string): string[] {
  return [`${id}\0`, `${id}\ud800`, id.repeat(30)]
}

function otherThan(code: string | null): string {
  return code === '111111' ? '222222' : '111111'
}
