import { afterAll, beforeAll, expect, it } from 'vitest'
import { BACKENDS_AND_POOLER, describeOn } from '../support/backends.ts'
import { decode } from '../core/token-forgery.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import {
  DisableTotpDocument,
  LogoutDocument,
  MeDocument,
  SessionsDocument,
  VerifyMfaDocument,
} from '../generated/graphql.ts'
import {
  codeAt,
  codeChallenge,
  loginChallenge,
  nextCode,
  refusalOf,
  signUpWithApp,
  verifyMfa,
  wrongCode,
} from './mfa-steps.ts'
import { isSignedIn, signInAgain } from './session-steps.ts'

const OVER = ['MFA_INVALID', 0]

describeOn(BACKENDS_AND_POOLER, 'a second step', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })))
  afterAll(() => gateway.close())

  const hundred = <T>(call: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 100 }, (_, index) => call(index)))
  const amrIn = (token: string) => decode(token.split('.')[1])['amr']

  it('is required after a password and after a code by e-mail, and session and token contain both factors', async () => {
    const person = await signUpWithApp(gateway)
    for (const [challenge, methods, amr] of [
      [loginChallenge, ['pwd', 'totp'], ['pwd', 'otp', 'mfa']],
      [codeChallenge, ['otp', 'totp'], ['otp']],
    ] as const) {
      const challengeId = await challenge(gateway, person.email)
      const code = nextCode(gateway, person)
      const { verifyMfa: signIn } = await gateway.ask(VerifyMfaDocument, { input: { challengeId, code } })
      expect(signIn).toMatchObject({ messageKey: 'MFA_VERIFIED_SUCCESSFULLY', session: { methods } })
      expect(amrIn(signIn.accessToken)).toEqual(amr)
      const { me } = await gateway.ask(MeDocument, {}, signIn.accessToken)
      expect(me.id).toBe(person.user.id)
    }
  })

  it('lets exactly one of 100 parallel callers with the correct code in (SR-019, SR-036)', async () => {
    const person = await signUpWithApp(gateway)
    const challengeId = await loginChallenge(gateway, person.email)
    const code = nextCode(gateway, person)
    const answers = await hundred(() => verifyMfa(gateway, challengeId, code))
    expect(answers.filter((answer) => answer.code === undefined)).toHaveLength(1)
    expect(new Set(answers.map((answer) => answer.code))).toEqual(new Set([undefined, 'MFA_INVALID']))
    expect(refusalOf(await verifyMfa(gateway, challengeId, nextCode(gateway, person)))).toEqual(OVER)
    const { sessions } = await gateway.ask(SessionsDocument, {}, person.accessToken)
    expect(sessions).toHaveLength(2)
  })

  it('accepts a time step once, over all challenges, and none before it (SR-036)', async () => {
    const person = await signUpWithApp(gateway)
    const challenges = []
    for (let made = 0; made < 8; made += 1) challenges.push(await loginChallenge(gateway, person.email))
    const [next = '', ...rest] = challenges
    const before = nextCode(gateway, person)
    const code = nextCode(gateway, person)
    const answers = await Promise.all(rest.map((challengeId) => verifyMfa(gateway, challengeId, code)))
    expect(answers.filter((answer) => answer.code === undefined)).toHaveLength(1)
    // Half a minute old is recent enough, but a later one was accepted.
    expect(refusalOf(await verifyMfa(gateway, next, before))).toEqual(['MFA_INVALID', 4])
    expect(refusalOf(await verifyMfa(gateway, next, code))).toEqual(['MFA_INVALID', 3])
    expect((await verifyMfa(gateway, next, nextCode(gateway, person))).code).toBeUndefined()
  })

  it('lets exactly one of 100 parallel callers with one recovery code in, over all challenges (SR-019)', async () => {
    const person = await signUpWithApp(gateway)
    const [code = ''] = person.recoveryCodes
    const challenges = await Promise.all(
      Array.from({ length: 20 }, () => loginChallenge(gateway, person.email)),
    )
    const answers = await hundred((index) => verifyMfa(gateway, challenges[index % 20] ?? '', code))
    expect(answers.filter((answer) => answer.code === undefined)).toHaveLength(1)
    const again = await loginChallenge(gateway, person.email)
    expect(refusalOf(await verifyMfa(gateway, again, code))).toEqual(['MFA_INVALID', 4])
  })

  it('starts one session per challenge, and spends one of two correct codes that arrive together (SR-019)', async () => {
    for (const [index, challenge] of [loginChallenge, codeChallenge, loginChallenge].entries()) {
      const person = await signUpWithApp(gateway)
      const challengeId = await challenge(gateway, person.email)
      const codes = [
        nextCode(gateway, person),
        person.recoveryCodes[index] ?? '',
        person.recoveryCodes[9] ?? '',
      ]
      const answers = await Promise.all(codes.map((code) => verifyMfa(gateway, challengeId, code)))
      const winner = answers.findIndex((answer) => answer.code === undefined)
      expect(answers.filter((answer) => answer.code === undefined)).toHaveLength(1)
      for (const code of codes.filter((_, position) => position !== winner)) {
        const again = await loginChallenge(gateway, person.email)
        expect((await verifyMfa(gateway, again, code)).code).toBeUndefined()
      }
    }
  })

  it('counts guesses before they are compared: after 100 parallel wrong ones the correct one is rejected too (SR-020)', async () => {
    const person = await signUpWithApp(gateway)
    const challengeId = await loginChallenge(gateway, person.email)
    const wrong = wrongCode(person.secret, gateway.now())
    const answers = await hundred(() => verifyMfa(gateway, challengeId, wrong))
    const left = answers.map((answer) => refusalOf(answer)[1])
    expect(left.filter((count) => count !== 0).sort()).toEqual([1, 2, 3, 4])
    expect(refusalOf(await verifyMfa(gateway, challengeId, nextCode(gateway, person)))).toEqual(OVER)
  })

  it('is possible for five minutes, by the clock and not by the store alone (SR-024)', async () => {
    const person = await signUpWithApp(gateway)
    const [early, late] = [
      await loginChallenge(gateway, person.email),
      await loginChallenge(gateway, person.email),
    ]
    gateway.passTime(299_000)
    expect((await verifyMfa(gateway, early, codeAt(person.secret, gateway.now()))).code).toBeUndefined()
    gateway.passTime(2_000)
    expect(refusalOf(await verifyMfa(gateway, late, nextCode(gateway, person)))).toEqual(OVER)
  })

  it('is rejected after a sign-out everywhere, a suspension, or the removal of the app (SR-074)', async () => {
    const person = await signUpWithApp(gateway)
    const first = await loginChallenge(gateway, person.email)
    await gateway.app.administration.suspend(person.email)
    expect(refusalOf(await verifyMfa(gateway, first, nextCode(gateway, person)))).toEqual(OVER)
    await gateway.app.administration.reinstate(person.email)
    const again = await verifyMfa(
      gateway,
      await loginChallenge(gateway, person.email),
      nextCode(gateway, person),
    )
    const second = await loginChallenge(gateway, person.email)
    await gateway.ask(LogoutDocument, { everywhere: true }, again.data?.verifyMfa.accessToken)
    expect(refusalOf(await verifyMfa(gateway, second, nextCode(gateway, person)))).toEqual(OVER)
    const third = await loginChallenge(gateway, person.email)
    const last = await verifyMfa(
      gateway,
      await loginChallenge(gateway, person.email),
      nextCode(gateway, person),
    )
    const code = nextCode(gateway, person)
    await gateway.ask(DisableTotpDocument, { code }, last.data?.verifyMfa.accessToken)
    expect(refusalOf(await verifyMfa(gateway, third, nextCode(gateway, person)))).toEqual(OVER)
    expect(await isSignedIn(gateway, await signInAgain(gateway, person.email))).toBe(true)
  })

  it('has the same response for an unknown challenge, a used one, and any other text (SR-079)', async () => {
    const person = await signUpWithApp(gateway)
    const used = await loginChallenge(gateway, person.email)
    expect((await verifyMfa(gateway, used, nextCode(gateway, person))).code).toBeUndefined()
    const answers = []
    for (const id of [used, 'x'.repeat(24), '', "' OR 1=1", '열쇠🔑', `${used} `, person.user.id])
      answers.push(await verifyMfa(gateway, id, nextCode(gateway, person)))
    expect(new Set(answers.map(({ status, errors }) => JSON.stringify([status, errors]))).size).toBe(1)
    expect(answers.map(refusalOf)[0]).toEqual(OVER)
  })

  it('takes digits and recovery codes as text, and never repeats the input (SR-028)', async () => {
    const person = await signUpWithApp(gateway)
    const challengeId = await loginChallenge(gateway, person.email)
    for (const code of ['', '12345', '1234567', '１２３４５６', 'ABCD-EFGH', '123456\n', '9'.repeat(300)]) {
      const answer = await verifyMfa(gateway, challengeId, code)
      expect([answer.code, code !== '' && answer.text.includes(code)], code).toEqual([
        'BAD_USER_INPUT',
        false,
      ])
    }
    const text = 'mutation ($input: VerifyMfaInput!) { verifyMfa(input: $input) { expiresIn } }'
    for (const code of [123456, ['123456'], null, true])
      expect((await gateway.sendText(text, { input: { challengeId, code } })).code).toBe('BAD_USER_INPUT')
    // None of them was counted as a guess.
    const code = nextCode(gateway, person)
    expect(
      (await verifyMfa(gateway, challengeId, ` ${code.slice(0, 3)} ${code.slice(3)}`)).code,
    ).toBeUndefined()
  })
})
