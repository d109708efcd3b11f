import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnEveryBackend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import {
  ConfirmTotpDocument,
  DisableTotpDocument,
  EnrollTotpDocument,
  LoginDocument,
  MySecondFactorDocument,
  RefreshDocument,
  RegenerateRecoveryCodesDocument,
  SessionsDocument,
} from '../generated/graphql.ts'
import { PASSWORD } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import {
  codeAt,
  loginChallenge,
  nextCode,
  refusalOf,
  signUpWithApp,
  verifyMfa,
  wrongCode,
} from './mfa-steps.ts'
import { isSignedIn, signInAgain } from './session-steps.ts'

const RECOVERY_CODE = /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/

describeOnEveryBackend('an authenticator app', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => {
    const settings = { RATE_LIMIT_SCALE: '1000', PUBLIC_URL: 'https://auth.example.com' }
    gateway = await startGateway(backend, settings)
  })
  afterAll(() => gateway.close())

  const enroll = (token: string) => gateway.send(EnrollTotpDocument, {}, { token })
  const confirm = (token: string, code: string, endOtherSessions?: boolean) =>
    gateway.send(
      ConfirmTotpDocument,
      { code, ...(endOtherSessions === undefined ? {} : { endOtherSessions }) },
      { token },
    )
  const disable = (token: string, code: string) => gateway.send(DisableTotpDocument, { code }, { token })
  const regenerate = (token: string, code: string) =>
    gateway.send(RegenerateRecoveryCodesDocument, { code }, { token })
  const status = async (token: string) =>
    (await gateway.ask(MySecondFactorDocument, {}, token)).mySecondFactor
  const secretOf = async (token: string) => (await enroll(token)).data?.enrollTotp.secret ?? ''
  const now = (secret: string) => codeAt(secret, gateway.now())
  const told = (email: string, subject: string) =>
    eventually(async () => (await gateway.messagesTo(email)).find((message) => message.subject === subject))

  it('is returned as a secret, a URI and a QR code, and is required at sign-in only after confirmation', async () => {
    const { accessToken, email } = await gateway.signUp()
    const { data } = await enroll(accessToken)
    const { secret = '', otpauthUri = '', qrCode = '', expiresIn } = data?.enrollTotp ?? {}
    expect([expiresIn, secret]).toEqual([600, expect.stringMatching(/^[A-Z2-7]{32}$/)])
    expect(decodeURIComponent(new URL(otpauthUri).pathname)).toBe(`/auth.example.com:${email}`)
    expect(new URL(otpauthUri).searchParams.get('secret')).toBe(secret)
    const [, svg = ''] = qrCode.split('data:image/svg+xml;base64,')
    expect(Buffer.from(svg, 'base64').toString()).toMatch(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^]*<\/svg>$/,
    )
    expect(await status(accessToken)).toEqual({
      totpEnabled: false,
      totpEnabledAt: null,
      recoveryCodesLeft: 0,
    })
    expect(await isSignedIn(gateway, await signInAgain(gateway, email))).toBe(true)

    const confirmed = (await confirm(accessToken, now(secret))).data?.confirmTotp
    expect(confirmed).toMatchObject({ messageKey: 'TOTP_ENABLED', revokedSessions: 1 })
    expect(new Set(confirmed?.recoveryCodes).size).toBe(10)
    for (const code of confirmed?.recoveryCodes ?? []) expect(code).toMatch(RECOVERY_CODE)
    expect(await status(accessToken)).toMatchObject({ totpEnabled: true, recoveryCodesLeft: 10 })
    const { login } = await gateway.ask(LoginDocument, { input: { email, password: PASSWORD } })
    expect(login).toMatchObject({
      __typename: 'MfaChallenge',
      methods: ['TOTP', 'RECOVERY_CODE'],
      expiresIn: 300,
    })
    await told(email, 'An authenticator app was added')
  })

  it('is added only by a session that started within 15 minutes; a refresh does not make it fresh', async () => {
    const { accessToken, refreshToken, email } = await gateway.signUp()
    gateway.passTime(14 * 60_000)
    expect((await enroll(accessToken)).code).toBeUndefined()
    const { refresh } = await gateway.ask(RefreshDocument, { refreshToken })
    gateway.passTime(60_000)
    const refused = await enroll(refresh.accessToken)
    expect(refused.code).toBe('REAUTHENTICATION_REQUIRED')
    const fresh = await signInAgain(gateway, email)
    expect((await enroll(fresh.accessToken)).code).toBeUndefined()
  })

  it('replaces one that was not confirmed, never a confirmed one', async () => {
    const { accessToken } = await gateway.signUp()
    const [first, second] = [await secretOf(accessToken), await secretOf(accessToken)]
    expect(refusalOf(await confirm(accessToken, now(first)))).toEqual(['MFA_INVALID', expect.any(Number)])
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(accessToken, now(second))))
    const shown = answers.filter(({ code }) => code === undefined)
    expect(shown).toHaveLength(1)
    expect(await status(accessToken)).toMatchObject({ recoveryCodesLeft: 10 })
    expect((await enroll(accessToken)).code).toBe('CONFLICT')
    expect((await confirm(accessToken, now(second))).code).toBe('CONFLICT')
    // The codes that were returned are the ones that are stored.
    const [code = ''] = shown[0]?.data?.confirmTotp.recoveryCodes ?? []
    expect((await disable(accessToken, code)).code).toBeUndefined()
    expect((await enroll(accessToken)).code).toBeUndefined()
  })

  it('can be confirmed for ten minutes, by no recovery code and no wrong code', async () => {
    const { accessToken } = await gateway.signUp()
    expect((await confirm(accessToken, '123456')).code).toBe('CONFLICT')
    const late = await secretOf(accessToken)
    gateway.passTime(600_000)
    expect((await confirm(accessToken, now(late))).code).toBe('CONFLICT')
    const secret = await secretOf(accessToken)
    expect((await confirm(accessToken, 'ABCD-EFGH-JKMN-PQRS')).code).toBe('BAD_USER_INPUT')
    expect((await confirm(accessToken, wrongCode(secret, gateway.now()))).code).toBe('MFA_INVALID')
    expect((await confirm(accessToken, now(secret))).code).toBeUndefined()
  })

  it('ends the sessions that started without it unless disabled; its first code cannot complete a sign-in (SR-036)', async () => {
    for (const endOtherSessions of [undefined, false]) {
      const { accessToken, email } = await gateway.signUp()
      const other = await signInAgain(gateway, email)
      const secret = await secretOf(accessToken)
      const code = now(secret)
      const { data } = await confirm(accessToken, code, endOtherSessions)
      expect(data?.confirmTotp.revokedSessions).toBe(endOtherSessions === false ? 0 : 1)
      expect(await isSignedIn(gateway, { accessToken })).toBe(true)
      expect(await isSignedIn(gateway, other)).toBe(endOtherSessions === false)
      const challengeId = await loginChallenge(gateway, email)
      expect(refusalOf(await verifyMfa(gateway, challengeId, code))).toEqual(['MFA_INVALID', 4])
    }
  })

  it('leaves no session without it to a sign-in during its confirmation (SR-074)', async () => {
    const { accessToken, email, session } = await gateway.signUp()
    const secret = await secretOf(accessToken)
    const signIns = Array.from({ length: 12 }, () =>
      gateway.send(LoginDocument, { input: { email, password: PASSWORD } }),
    )
    const [confirmed, ...answers] = await Promise.all([confirm(accessToken, now(secret)), ...signIns])
    expect(confirmed.code).toBeUndefined()
    const codes = answers.map(({ code, data }) => code ?? data?.login.__typename)
    expect(
      codes.filter((code) => !['AuthPayload', 'MfaChallenge', 'INVALID_CREDENTIALS'].includes(code ?? '')),
    ).toEqual([])
    const { sessions } = await gateway.ask(SessionsDocument, {}, accessToken)
    expect(sessions.map(({ id }) => id)).toEqual([session.id])
  })

  it('is removed for one of its codes or a recovery code, with all recovery codes, and its owner is notified', async () => {
    for (const by of ['app', 'recovery'] as const) {
      const person = await signUpWithApp(gateway)
      const { accessToken, email, recoveryCodes, secret } = person
      expect(refusalOf(await disable(accessToken, wrongCode(secret, gateway.now())))[0]).toBe('MFA_INVALID')
      expect((await disable(accessToken, 'ABCD-EFGH-JKMN-PQRS')).code).toBe('MFA_INVALID')
      const code =
        by === 'app' ? nextCode(gateway, person) : (recoveryCodes[3] ?? '').toLowerCase().replaceAll('-', ' ')
      const answers = await Promise.all(Array.from({ length: 10 }, () => disable(accessToken, code)))
      expect(answers.filter((answer) => answer.code === undefined)).toHaveLength(1)
      expect(await status(accessToken)).toEqual({
        totpEnabled: false,
        totpEnabledAt: null,
        recoveryCodesLeft: 0,
      })
      expect(await isSignedIn(gateway, await signInAgain(gateway, email))).toBe(true)
      expect((await disable(accessToken, recoveryCodes[4] ?? '')).code).toBe('CONFLICT')
      await told(email, 'Your authenticator app was removed')
    }
  })

  it('has recovery codes that sign in once each, in any case and with or without dashes, and are counted', async () => {
    const { email, recoveryCodes, accessToken } = await signUpWithApp(gateway)
    for (const [index, written] of [
      recoveryCodes[0],
      recoveryCodes[1]?.toLowerCase(),
      recoveryCodes[2]?.replaceAll('-', ''),
    ].entries()) {
      const answer = await verifyMfa(gateway, await loginChallenge(gateway, email), written ?? '')
      expect(answer.data?.verifyMfa.session.methods).toEqual(['pwd', 'recovery'])
      expect(await status(accessToken)).toMatchObject({ recoveryCodesLeft: 9 - index })
      const again = await verifyMfa(gateway, await loginChallenge(gateway, email), written ?? '')
      expect(refusalOf(again)).toEqual(['MFA_INVALID', 4])
    }
    const messages = await eventually(async () => {
      const found = (await gateway.messagesTo(email)).filter(
        ({ subject }) => subject === 'A recovery code was used',
      )
      return found.length === 3 && found
    })
    expect(messages.map(({ text }) => /left: (\d+)/.exec(text)?.[1])).toEqual(['9', '8', '7'])
  })

  it('offers recovery codes as long as there are any, and replaces them for a code', async () => {
    const person = await signUpWithApp(gateway)
    const { accessToken, email, recoveryCodes } = person
    await gateway.sql(`DELETE FROM recovery_codes WHERE user_id = '${person.user.id}'`)
    const { login } = await gateway.ask(LoginDocument, { input: { email, password: PASSWORD } })
    expect(login).toMatchObject({ methods: ['TOTP'] })
    expect((await regenerate(accessToken, recoveryCodes[0] ?? '')).code).toBe('MFA_INVALID')
    const code = nextCode(gateway, person)
    const answers = await Promise.all(Array.from({ length: 10 }, () => regenerate(accessToken, code)))
    const [made, ...more] = answers.filter((answer) => answer.code === undefined)
    expect(more).toEqual([])
    const fresh = made?.data?.regenerateRecoveryCodes.recoveryCodes ?? []
    expect([fresh.length, fresh.some((one) => recoveryCodes.includes(one))]).toEqual([10, false])
    expect(
      (await verifyMfa(gateway, await loginChallenge(gateway, email), fresh[0] ?? '')).code,
    ).toBeUndefined()
    // By a recovery code as well: it is spent, and the nine others are replaced.
    const again =
      (await regenerate(accessToken, fresh[1] ?? '')).data?.regenerateRecoveryCodes.recoveryCodes ?? []
    expect(await status(accessToken)).toMatchObject({ recoveryCodesLeft: 10 })
    expect((await disable(accessToken, fresh[2] ?? '')).code).toBe('MFA_INVALID')
    expect((await disable(accessToken, again[2] ?? '')).code).toBeUndefined()
    await told(email, 'Your recovery codes were replaced')
  })
})
