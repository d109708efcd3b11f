import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnEveryBackend } from '../backends.ts'
import { eventually } from '../servers/processes.ts'
import { PASSWORD, startGateway, type TestGateway } from '../gateway.ts'
import {
  LoginDocument,
  LogoutDocument,
  MeDocument,
  RefreshDocument,
  RevokeOtherSessionsDocument,
  RevokeSessionDocument,
  SessionsDocument,
  type SignInFragment,
} from '../generated/graphql.ts'

const DAY = 24 * 3600_000

describeOnEveryBackend('sessions', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })))
  afterAll(() => gateway.close())

  const refresh = ({ refreshToken }: { refreshToken?: string | null }, node = gateway) =>
    node.send(RefreshDocument, { refreshToken: refreshToken ?? null })
  const isIn = async ({ accessToken }: { accessToken: string }, node = gateway) =>
    (await node.send(MeDocument, {}, { token: accessToken })).code === undefined

  async function loginAgain(email: string): Promise<SignInFragment> {
    return (await gateway.ask(LoginDocument, { input: { email, password: PASSWORD } })).login
  }

  async function refreshed(from: { refreshToken?: string | null }): Promise<SignInFragment> {
    return (await gateway.ask(RefreshDocument, { refreshToken: from.refreshToken ?? null })).refresh
  }

  it('go on by refresh: a new pair of tokens, the same session (56)', async () => {
    const first = await gateway.signUp()
    const second = await refreshed(first)
    expect(second.session.id).toBe(first.session.id)
    expect(second.refreshToken).not.toBe(first.refreshToken)
    expect(second.messageKey).toBe('TOKEN_REFRESHED')
    expect(await isIn(second)).toBe(true)
    expect(await isIn(first)).toBe(true)
  })

  it('end when a refresh token older than the last one comes back: its tokens die, other sessions live (56, 68)', async () => {
    const first = await gateway.signUp()
    const bystander = await loginAgain(first.email)
    const second = await refreshed(first)
    const third = await refreshed(second)
    expect((await refresh(first)).code).toBe('REFRESH_REUSED')
    expect((await refresh(third)).code).toBe('TOKEN_INVALID')
    expect(await Promise.all([first, second, third].map((signIn) => isIn(signIn)))).toEqual([
      false,
      false,
      false,
    ])
    expect(await isIn(bystander)).toBe(true)
    await eventually(async () =>
      (await gateway.messagesTo(first.email)).some(
        ({ subject }) => subject === 'A session of yours was ended',
      ),
    )
  })

  it('give 100 parallel refreshes of one token one successor (57, 60)', async () => {
    const first = await gateway.signUp()
    const sibling = await gateway.sibling()
    const nodes = backend.store === 'memory' ? [gateway] : [gateway, sibling]
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => refresh(first, nodes[index % nodes.length])),
    )
    const successors = new Set(answers.map(({ data }) => data?.refresh.refreshToken))
    expect(answers.filter(({ code }) => code !== undefined)).toEqual([])
    expect(successors.size).toBe(1)
    const { sessions } = await gateway.ask(SessionsDocument, {}, first.accessToken)
    expect(sessions.length).toBe(1)
    await sibling.app.close()
  })

  it('give a lost response the same successor inside the grace window, and end past it (58, 59)', async () => {
    const first = await gateway.signUp()
    const second = await refreshed(first)
    gateway.passTime(29_000)
    expect((await refreshed(first)).refreshToken).toBe(second.refreshToken)
    gateway.passTime(2_000)
    expect((await refresh(first)).code).toBe('REFRESH_REUSED')
    expect((await refresh(second)).code).toBe('TOKEN_INVALID')
  })

  it('do not branch in the grace window: once the successor is used, its predecessor is a copy (58)', async () => {
    const first = await gateway.signUp()
    const second = await refreshed(first)
    await refreshed(second)
    expect((await refresh(first)).code).toBe('REFRESH_REUSED')
  })

  it('mint nothing for a session that has ended, grace window or not (61)', async () => {
    const first = await gateway.signUp()
    const second = await refreshed(first)
    await gateway.ask(LogoutDocument, {}, second.accessToken)
    expect((await refresh(first)).code).toBe('TOKEN_INVALID')
    expect((await refresh(second)).code).toBe('TOKEN_INVALID')
  })

  it('never survive a sign-out that races refreshes (61, 66)', async () => {
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

  it('slide seven days at a time, and never past thirty (63)', async () => {
    const first = await gateway.signUp()
    let latest: SignInFragment = first
    for (let day = 6; day <= 24; day += 6) {
      gateway.passTime(6 * DAY)
      latest = await refreshed(latest)
      const whole = Math.min(7, 30 - day) * 24 * 3600
      expect([whole, whole - 1, whole - 2]).toContain(latest.refreshExpiresIn)
    }
    gateway.passTime(6 * DAY + 1000)
    expect((await refresh(latest)).code).toBe('TOKEN_INVALID')
  })

  it('end when they are not refreshed for seven days (64)', async () => {
    const first = await gateway.signUp()
    gateway.passTime(7 * DAY + 1000)
    expect((await refresh(first)).code).toBe('TOKEN_INVALID')
  })

  it('refuse every request on every node that starts after a sign-out was answered (66)', async () => {
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

  it('are signed out of the same way by unknown, foreign, malformed and missing tokens, and twice (67)', async () => {
    const person = await gateway.signUp()
    const { accessToken } = await gateway.signUp()
    await gateway.ask(LogoutDocument, {}, accessToken)
    for (const token of [accessToken, `${accessToken}x`, 'nonsense', undefined]) {
      const { logout } = await gateway.ask(LogoutDocument, {}, token)
      expect(logout).toEqual({ messageKey: 'LOGOUT_SUCCESSFUL', revokedSessions: 0 })
    }
    expect(await isIn(person)).toBe(true)
  })

  it('are ended by a sign-out whose access token has just expired (67)', async () => {
    const first = await gateway.signUp()
    gateway.passTime(16 * 60_000)
    expect(
      (await gateway.send(MeDocument, {}, { token: first.accessToken })).errors[0]?.extensions,
    ).toMatchObject({ reason: 'TOKEN_EXPIRED' })
    expect((await gateway.ask(LogoutDocument, {}, first.accessToken)).logout.revokedSessions).toBe(1)
    expect((await refresh(first)).code).toBe('TOKEN_INVALID')
  })

  it('all end with a sign-out everywhere, those that start meanwhile included (68)', async () => {
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
      if (data) expect(await isIn(data.login)).toBe(living.has(data.login.session.id))
    }
    expect(await isIn(first)).toBe(false)
    // Whoever was answered before the sign-out began cannot be among the living; what lives signed in after it.
    await gateway.ask(LogoutDocument, { everywhere: true }, after.accessToken)
    for (const { data } of answers) if (data) expect(await isIn(data.login)).toBe(false)
  })

  it('are listed, and ended one by one or all but this one', async () => {
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

  it('end at once when the account is suspended, and follow its roles at the next request (54, 70)', async () => {
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

  it('are refreshed by nothing but a genuine refresh token (42, 62)', async () => {
    const { accessToken, refreshToken, session } = await gateway.signUp()
    const [, counter, mac] = (refreshToken ?? '').split('.')
    const forged = [
      accessToken,
      '',
      `${session.id}.1.${mac}`,
      `${session.id}.0${counter}.${mac}`,
      `${refreshToken}=`,
      `${refreshToken} `,
      'a.b.c',
    ]
    for (const token of forged) expect((await refresh({ refreshToken: token })).code).toBe('TOKEN_INVALID')
    expect((await gateway.send(MeDocument, {}, { token: refreshToken ?? '' })).code).toBe('UNAUTHENTICATED')
    expect((await refresh({ refreshToken: null })).code).toBe('TOKEN_INVALID')
  })
})
