import { afterAll, beforeAll, expect, it } from 'vitest'
import { BACKENDS_AND_POOLER, describeOn } from '../support/backends.ts'
import { PASSWORD, startGateway, type TestGateway } from '../support/gateway.ts'
import { isSignedIn, signInAgain, tryRefresh, type Refreshable } from './session-steps.ts'
import {
  LoginDocument,
  LogoutDocument,
  MeDocument,
  RevokeOtherSessionsDocument,
  RevokeSessionDocument,
  SessionsDocument,
} from '../generated/graphql.ts'
import { signedInBy } from '../support/outcomes.ts'

describeOn(BACKENDS_AND_POOLER, 'sessions', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })))
  afterAll(() => gateway.close())

  const refresh = (signIn: Refreshable, node = gateway) => tryRefresh(node, signIn)
  const isIn = (signIn: { accessToken: string }, node = gateway) => isSignedIn(node, signIn)
  const loginAgain = (email: string) => signInAgain(gateway, email)

  it('never survive a sign-out that races refreshes (SR-061, SR-066)', async () => {
    for (let round = 0; round < 10; round += 1) {
      const first = await gateway.signUp()
      const [, ...answers] = await Promise.all([
        gateway.ask(LogoutDocument, {}, first.accessToken),
        ...Array.from({ length: 5 }, () => refresh(first)),
      ])
      for (const { data } of answers) {
        if (data)
          expect([await isIn(data.refresh), (await refresh(data.refresh)).code]).toEqual([
            false,
            'TOKEN_INVALID',
          ])
      }
      expect((await refresh(first)).code).toBe('TOKEN_INVALID')
    }
  })

  it('reject every request on every node that starts after the response to a sign-out (SR-066)', async () => {
    const first = await gateway.signUp()
    const other = await gateway.sibling()
    const nodes = backend.store === 'memory' ? [gateway] : [gateway, other]
    for (const node of nodes) expect(await isIn(first, node)).toBe(true)
    const { logout } = await gateway.ask(LogoutDocument, {}, first.accessToken)
    expect(logout).toEqual({ messageKey: 'LOGOUT_SUCCESSFUL', revokedSessions: 1 })
    const answers = await Promise.all(
      nodes.flatMap((node) => Array.from({ length: 10 }, () => isIn(first, node))),
    )
    expect(answers.some(Boolean)).toBe(false)
    for (const node of nodes) expect((await refresh(first, node)).code).toBe('TOKEN_INVALID')
    await other.app.close()
  })

  it('are signed out of with the same response for unknown, foreign, malformed and missing tokens, and twice (SR-067)', async () => {
    const person = await gateway.signUp()
    const { accessToken } = await gateway.signUp()
    await gateway.ask(LogoutDocument, {}, accessToken)
    for (const token of [accessToken, `${accessToken}x`, 'nonsense', undefined]) {
      const { logout } = await gateway.ask(LogoutDocument, {}, token)
      expect(logout).toEqual({ messageKey: 'LOGOUT_SUCCESSFUL', revokedSessions: 0 })
    }
    expect(await isIn(person)).toBe(true)
  })

  it('are ended by a sign-out whose access token has just expired (SR-067)', async () => {
    const first = await gateway.signUp()
    gateway.passTime(16 * 60_000)
    expect(
      (await gateway.send(MeDocument, {}, { token: first.accessToken })).errors[0]?.extensions,
    ).toMatchObject({ reason: 'TOKEN_EXPIRED' })
    expect((await gateway.ask(LogoutDocument, {}, first.accessToken)).logout.revokedSessions).toBe(1)
    expect((await refresh(first)).code).toBe('TOKEN_INVALID')
  })

  it('all end with a sign-out everywhere, those that start meanwhile included (SR-068)', async () => {
    const first = await gateway.signUp()
    const started = Array.from({ length: 12 }, () =>
      gateway.send(LoginDocument, { input: { email: first.email, password: PASSWORD } }),
    )
    const ended = gateway.ask(LogoutDocument, { everywhere: true }, first.accessToken)
    const [answers] = await Promise.all([Promise.all(started), ended])
    const after = await loginAgain(first.email)
    const { sessions } = await gateway.ask(SessionsDocument, {}, after.accessToken)
    const living = new Set(sessions.map(({ id }) => id))
    for (const { data } of answers) {
      if (!data) continue
      const signIn = signedInBy(data.login)
      expect(await isIn(signIn)).toBe(living.has(signIn.session.id))
    }
    expect(await isIn(first)).toBe(false)
    // Sessions whose sign-in was answered before the sign-out began have ended; the active ones signed in
    // after it.
    await gateway.ask(LogoutDocument, { everywhere: true }, after.accessToken)
    for (const { data } of answers) if (data) expect(await isIn(signedInBy(data.login))).toBe(false)
  })

  it('are listed, and ended one by one or all except the current one', async () => {
    const first = await gateway.signUp()
    const [second, third, stranger] = [
      await loginAgain(first.email),
      await loginAgain(first.email),
      await gateway.signUp(),
    ]
    const { sessions } = await gateway.ask(SessionsDocument, {}, second.accessToken)
    expect(sessions.map(({ id, current }) => [id, current])).toEqual([
      [third.session.id, false],
      [second.session.id, true],
      [first.session.id, false],
    ])
    const foreign = await gateway.send(
      RevokeSessionDocument,
      { id: stranger.session.id },
      { token: first.accessToken },
    )
    expect([foreign.code, await isIn(stranger)]).toEqual(['NOT_FOUND', true])
    await gateway.ask(RevokeSessionDocument, { id: third.session.id }, first.accessToken)
    expect([await isIn(third), await isIn(second)]).toEqual([false, true])
    const { revokeOtherSessions } = await gateway.ask(RevokeOtherSessionsDocument, {}, second.accessToken)
    expect([revokeOtherSessions.revokedSessions, await isIn(first), await isIn(second)]).toEqual([
      1,
      false,
      true,
    ])
  })

  it('end at once when the account is suspended, and follow its roles at the next request (SR-054, SR-070)', async () => {
    const first = await gateway.signUp()
    await gateway.app.administration.setRoles(first.email, ['USER', 'EDITOR'])
    const { me } = await gateway.ask(MeDocument, {}, first.accessToken)
    expect(me.roles).toEqual(['USER', 'EDITOR'])
    await gateway.app.administration.suspend(first.email)
    expect([await isIn(first), (await refresh(first)).code]).toEqual([false, 'TOKEN_INVALID'])
    expect(
      (await gateway.send(LoginDocument, { input: { email: first.email, password: PASSWORD } })).code,
    ).toBe('INVALID_CREDENTIALS')
    await gateway.app.administration.reinstate(first.email)
    expect([await isIn(first), await isIn(await loginAgain(first.email))]).toEqual([false, true])
  })
})
