import { afterAll, beforeAll, expect, it } from 'vitest'
import { EVERY_STORE, describeOn } from '../support/backends.ts'
import { eventually } from '../support/servers/processes.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { isSignedIn, signInAgain, tryRefresh, type Refreshable } from './session-steps.ts'
import {
  LogoutDocument,
  MeDocument,
  RefreshDocument,
  SessionsDocument,
  type SignInFragment,
} from '../generated/graphql.ts'

const DAY = 24 * 3600_000

describeOn(EVERY_STORE, 'refreshed sessions', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })))
  afterAll(() => gateway.close())

  const refresh = (signIn: Refreshable, node = gateway) => tryRefresh(node, signIn)
  const isIn = (signIn: { accessToken: string }, node = gateway) => isSignedIn(node, signIn)
  const loginAgain = (email: string) => signInAgain(gateway, email)

  async function refreshed(from: { refreshToken?: string | null }): Promise<SignInFragment> {
    return (await gateway.ask(RefreshDocument, { refreshToken: from.refreshToken ?? null })).refresh
  }

  it('continue by refresh: a new pair of tokens, the same session (SR-056)', async () => {
    const first = await gateway.signUp()
    const second = await refreshed(first)
    expect(second.session.id).toBe(first.session.id)
    expect(second.refreshToken).not.toBe(first.refreshToken)
    expect(second.messageKey).toBe('TOKEN_REFRESHED')
    expect(await isIn(second)).toBe(true)
    expect(await isIn(first)).toBe(true)
  })

  it('end when a refresh token older than the last one is used: its tokens are rejected, other sessions stay active (SR-056, SR-068)', async () => {
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
        ({ subject }) => subject === 'One of your sessions was ended',
      ),
    )
  })

  /** As a client refreshes: again, with the same token, where a store has not responded in time. */
  async function refreshUntilDecided(signIn: Refreshable, node: TestGateway) {
    let response = await refresh(signIn, node)
    for (let left = 5; left > 0 && response.code === 'SERVICE_UNAVAILABLE'; left -= 1)
      response = await refresh(signIn, node)
    return response
  }

  it('return one successor to 100 parallel refreshes of one token (SR-057, SR-060)', async () => {
    const first = await gateway.signUp()
    const sibling = await gateway.sibling()
    const nodes = backend.store === 'memory' ? [gateway] : [gateway, sibling]
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        refreshUntilDecided(first, nodes[index % nodes.length] ?? gateway),
      ),
    )
    const successors = new Set(answers.map(({ data }) => data?.refresh.refreshToken))
    expect(answers.filter(({ code }) => code !== undefined)).toEqual([])
    expect(successors.size).toBe(1)
    const { sessions } = await gateway.ask(SessionsDocument, {}, first.accessToken)
    expect(sessions.length).toBe(1)
    await sibling.app.close()
  })

  it('return the same successor after a lost response inside the grace window, and end after it (SR-058, SR-059)', async () => {
    const first = await gateway.signUp()
    const second = await refreshed(first)
    gateway.passTime(29_000)
    expect((await refreshed(first)).refreshToken).toBe(second.refreshToken)
    gateway.passTime(2_000)
    expect((await refresh(first)).code).toBe('REFRESH_REUSED')
    expect((await refresh(second)).code).toBe('TOKEN_INVALID')
  })

  it('do not branch in the grace window: once the successor is used, its predecessor counts as reuse (SR-058)', async () => {
    const first = await gateway.signUp()
    const second = await refreshed(first)
    await refreshed(second)
    expect((await refresh(first)).code).toBe('REFRESH_REUSED')
  })

  it('issue no token for a session that has ended, grace window or not (SR-061)', async () => {
    const first = await gateway.signUp()
    const second = await refreshed(first)
    await gateway.ask(LogoutDocument, {}, second.accessToken)
    expect((await refresh(first)).code).toBe('TOKEN_INVALID')
    expect((await refresh(second)).code).toBe('TOKEN_INVALID')
  })

  it('complete the revocation of a node that stopped between the database and the state store (SR-165)', async () => {
    const first = await gateway.signUp()
    expect(await isIn(first)).toBe(true)
    await gateway.sql(
      `UPDATE sessions SET revoked_at = created_at, revoked_reason = 'LOGOUT' WHERE id = '${first.session.id}'`,
    )
    expect((await refresh(first)).code).toBe('TOKEN_INVALID')
    expect(await isIn(first)).toBe(false)
  })

  it('slide seven days at a time, and never past thirty (SR-063)', async () => {
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

  it('end when they are not refreshed for seven days (SR-064)', async () => {
    const first = await gateway.signUp()
    gateway.passTime(7 * DAY + 1000)
    expect((await refresh(first)).code).toBe('TOKEN_INVALID')
  })

  it('are refreshed by a genuine refresh token only (SR-042, SR-062)', async () => {
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
