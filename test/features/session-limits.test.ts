import { decodeJwt } from 'jose'
import { afterEach, expect, it } from 'vitest'
import { describeOnEveryBackend } from '../support/backends.ts'
import { PASSWORD, startGateway, type TestGateway } from '../support/gateway.ts'
import { LoginDocument, RefreshDocument, SessionsDocument } from '../generated/graphql.ts'
import { isSignedIn, signInAgain, tryRefresh } from './session-steps.ts'
import { signedInBy } from '../support/outcomes.ts'

const MINUTE = 60_000

describeOnEveryBackend('the limits of sessions', (backend) => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0).reverse()) await gateway.close()
  })

  async function start(settings: Record<string, string>): Promise<TestGateway> {
    const gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', ...settings })
    running.push(gateway)
    return gateway
  }

  it('allow an account the configured number of sessions: one more ends the oldest at once (SR-071)', async () => {
    const gateway = await start({ SESSIONS_PER_USER: '3' })
    const first = await gateway.signUp()
    const later = []
    for (let count = 0; count < 3; count += 1) {
      gateway.passTime(1000)
      later.push(await signInAgain(gateway, first.email))
    }
    expect(await isSignedIn(gateway, first)).toBe(false)
    expect((await tryRefresh(gateway, first)).code).toBe('TOKEN_INVALID')
    for (const signIn of later) expect(await isSignedIn(gateway, signIn)).toBe(true)
  })

  it('hold for concurrent sign-ins over two nodes (SR-071)', async () => {
    // They wait for one row, on a slow machine longer than a statement may by default.
    const gateway = await start({ SESSIONS_PER_USER: '3', DATABASE_STATEMENT_TIMEOUT: '4000' })
    const { email } = await gateway.signUp()
    const sibling = backend.store === 'memory' ? gateway : await gateway.sibling()
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        (index % 2 ? sibling : gateway).ask(LoginDocument, { input: { email, password: PASSWORD } }),
      ),
    )
    const signIns = answers.map(({ login }) => signedInBy(login))
    const standing = await Promise.all(signIns.map((signIn) => isSignedIn(gateway, signIn)))
    expect(standing.filter(Boolean)).toHaveLength(3)
    const survivor = signIns[standing.indexOf(true)]?.accessToken
    expect((await gateway.ask(SessionsDocument, {}, survivor)).sessions).toHaveLength(3)
    if (sibling !== gateway) await sibling.app.close()
  })

  it('affect no session of another account (SR-071)', async () => {
    const gateway = await start({ SESSIONS_PER_USER: '1' })
    const [one, other] = [await gateway.signUp(), await gateway.signUp()]
    const again = await signInAgain(gateway, one.email)
    expect([await isSignedIn(gateway, one), await isSignedIn(gateway, again)]).toEqual([false, true])
    expect(await isSignedIn(gateway, other)).toBe(true)
  })

  it('end a session that was not refreshed for the idle time, however often it was used (SR-064)', async () => {
    const gateway = await start({ SESSION_IDLE_MINUTES: '20', ACCESS_TOKEN_MINUTES: '15' })
    const first = await gateway.signUp()
    expect(first.refreshExpiresIn).toBeLessThanOrEqual(20 * 60)
    gateway.passTime(14 * MINUTE)
    expect(await isSignedIn(gateway, first)).toBe(true)
    const { refresh } = await gateway.ask(RefreshDocument, { refreshToken: first.refreshToken ?? null })
    gateway.passTime(19 * MINUTE)
    const again = await gateway.ask(RefreshDocument, { refreshToken: refresh.refreshToken ?? null })
    gateway.passTime(21 * MINUTE)
    expect((await tryRefresh(gateway, again.refresh)).code).toBe('TOKEN_INVALID')
  })

  it('report the device of a session, its masked address and its authentication methods', async () => {
    const gateway = await start({})
    const { email } = await gateway.signUp()
    const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
    const input = { email, password: PASSWORD }
    const { data } = await gateway.send(LoginDocument, { input }, { headers: { 'user-agent': firefox } })
    const { sessions } = await gateway.ask(SessionsDocument, {}, signedInBy(data?.login).accessToken)
    expect(sessions.map(({ device, methods, ipAddress }) => ({ device, methods, ipAddress }))).toEqual([
      { device: 'Firefox on Linux', methods: ['pwd'], ipAddress: '127.0.0.x' },
      { device: null, methods: ['otp'], ipAddress: '127.0.0.x' },
    ])
  })

  it('compute the scopes at every refresh from the current roles (SR-054)', async () => {
    const gateway = await start({ ROLE_SCOPES: 'USER=posts:read,EDITOR=posts:read posts:publish' })
    const first = await gateway.signUp()
    await gateway.app.administration.setRoles(first.email, ['USER', 'EDITOR'])
    const { refresh } = await gateway.ask(RefreshDocument, { refreshToken: first.refreshToken ?? null })
    expect([decodeJwt(first.accessToken)['scope'], decodeJwt(refresh.accessToken)['scope']]).toEqual([
      'posts:read',
      'posts:read posts:publish',
    ])
  })
})
