import { afterAll, beforeAll, expect, it } from 'vitest'
import { hashClientSecret } from '../../src/core/client-secrets.ts'
import { describeOnEveryBackend } from '../support/backends.ts'
import { newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import {
  CreatePostDocument,
  DeletePostDocument,
  LoginDocument,
  LogoutDocument,
  MyAuditEventsDocument,
  RefreshDocument,
  RegisterDocument,
  RequestOtpDocument,
  RevokeSessionDocument,
  VerifyOtpDocument,
  type MyAuditEventsQueryVariables,
} from '../generated/graphql.ts'
import { eventually } from '../support/servers/processes.ts'
import { signInAgain } from './session-steps.ts'

type Person = Awaited<ReturnType<TestGateway['signUp']>>

interface Row {
  readonly event: string
  readonly user_id: string | null
  readonly session_id: string | null
  readonly request_id: string | null
  readonly ip_address: string | null
  readonly reason: string | null
  readonly client_id: string | null
}

const SECRET = 'canary-service-secret-of-43-characters-long'

describeOnEveryBackend('security events', (backend) => {
  let gateway: TestGateway
  const lines: string[] = []
  beforeAll(async () => {
    const settings = { LOG_LEVEL: 'info', INTROSPECTION_CLIENTS: `orders:${hashClientSecret(SECRET)}` }
    gateway = await startGateway(backend, settings, { log: { write: (line) => void lines.push(line) } })
  })
  afterAll(() => gateway.close())

  const page = async ({ accessToken }: Person, variables: MyAuditEventsQueryVariables = {}) =>
    (await gateway.ask(MyAuditEventsDocument, variables, accessToken)).myAuditEvents
  const toNames = ({ edges }: Awaited<ReturnType<typeof page>>) => edges.map(({ node }) => node.event)

  /** The rows of one event of an account, as soon as so many are written. */
  async function readRows(event: string, userId: string | null, count = 1): Promise<readonly Row[]> {
    const condition = userId === null ? 'user_id IS NULL' : `user_id = '${userId}'`
    return eventually(async () => {
      const rows = await gateway.sql<Row>(
        `SELECT * FROM audit_events WHERE event = '${event}' AND ${condition} ORDER BY at, id`,
      )
      return rows.length >= count && rows
    }, 5000)
  }

  it('record sign-ins with time, account, session, address and request (SR-127)', async () => {
    const ada = await gateway.signUp()
    await gateway.send(LoginDocument, { input: { email: ada.email, password: 'not it at all' } })
    const { refresh } = await gateway.ask(RefreshDocument, { refreshToken: ada.refreshToken ?? null })
    const stale = ada.refreshToken ?? null
    gateway.passTime(60_000)
    expect((await gateway.send(RefreshDocument, { refreshToken: stale })).code).toBe('REFRESH_REUSED')
    const again = await signInAgain(gateway, ada.email)
    const revoked = await signInAgain(gateway, ada.email)
    await gateway.ask(LogoutDocument, {}, revoked.accessToken)
    await readRows('authn_token_revoked', ada.user.id)
    const seen = await page({ ...again, email: ada.email, password: '' }, { first: 50 })
    expect(toNames(seen)).toEqual([
      'authn_token_revoked',
      'authn_login_success',
      'authn_token_created',
      'authn_login_success',
      'authn_token_created',
      'token.refresh.reused',
      'authn_token_rotated',
      'authn_login_fail',
      'authn_login_success',
      'authn_token_created',
      'authn_otp_sent',
      'user_created',
    ])
    const reused = seen.edges.find(({ node }) => node.event === 'token.refresh.reused')?.node
    expect(reused).toMatchObject({ sessionId: refresh.session.id, ipAddress: '127.0.0.x' })
    // The injected clock, in UTC.
    expect(Math.abs(Date.parse(reused?.at ?? '') - gateway.now())).toBeLessThan(30_000)
    const [row] = await readRows('token.refresh.reused', ada.user.id)
    expect(lines.find((line) => line.includes(`"requestId":"${row?.request_id ?? ''}"`))).toContain(
      '"time":"20',
    )
  })

  it('are listed for their own account only, in pages without gaps or duplicates (SR-127)', async () => {
    const [ada, bob] = [await gateway.signUp(), await gateway.signUp()]
    await readRows('authn_login_success', ada.user.id)
    await readRows('authn_login_success', bob.user.id)
    const all = await page(ada, { first: 100 })
    expect(all.edges.length).toBe(4)
    const [first, second] = [await page(ada, { first: 2 }), all.edges[1]?.cursor ?? null]
    const rest = await page(ada, { first: 2, after: first.pageInfo.endCursor ?? null })
    expect([...first.edges, ...rest.edges]).toEqual(all.edges)
    expect([first.pageInfo.hasNextPage, rest.pageInfo.hasNextPage]).toEqual([true, false])
    expect((await page(ada, { last: 2, before: rest.edges[0]?.cursor ?? null })).edges).toEqual(first.edges)
    // A cursor is a position, not an access right: with Ada's cursor, Bob still gets his own list.
    const theirs = await page(bob, { first: 100, before: second })
    const own = new Set(all.edges.map(({ node }) => node.id))
    expect(theirs.edges.filter(({ node }) => own.has(node.id))).toEqual([])
    const wrong = await gateway.send(MyAuditEventsDocument, { first: 101 }, { token: ada.accessToken })
    expect(wrong.code).toBe('BAD_USER_INPUT')
  })

  it('record which account and address reached a limit (SR-127)', async () => {
    const ada = await gateway.signUp()
    for (let attempt = 0; attempt < 11; attempt += 1)
      await gateway.send(LoginDocument, { input: { email: ada.email, password: 'not it at all' } })
    expect(await readRows('authn_login_fail', ada.user.id, 10)).toHaveLength(10)
    expect(await readRows('authn_login_fail_max', ada.user.id)).toHaveLength(1)
    const [hit] = await readRows('excess_rate_limit_exceeded', null)
    expect(hit).toMatchObject({ reason: 'login', ip_address: '127.0.0.x' })
    const email = newAddress()
    for (let ask = 0; ask < 2; ask += 1)
      await gateway.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
    const [, second] = await readRows('excess_rate_limit_exceeded', null, 2)
    expect(second?.reason).toBe('requestOtp')
  })

  it('record a code that was requested for no account, without the address (SR-127)', async () => {
    const email = newAddress()
    await gateway.send(RequestOtpDocument, { input: { email, purpose: 'RESET_PASSWORD' } })
    const rows = await eventually(async () => {
      const rows = await readRows('authn_otp_not_sent', null)
      return rows.some(({ reason }) => reason === 'RESET_PASSWORD') && rows
    })
    expect(rows.at(-1)).toMatchObject({ reason: 'RESET_PASSWORD', ip_address: '127.0.0.x' })
    expect(lines.filter((line) => line.includes(email))).toEqual([])
  })

  it('record a wrong code for the account that it was guessed for (SR-127)', async () => {
    const email = newAddress()
    const { register } = await gateway.ask(RegisterDocument, { input: { email } })
    const code = register.otpCode === '000000' ? '111111' : '000000'
    const input = { challengeId: register.challengeId, purpose: 'VERIFY_EMAIL', code } as const
    expect((await gateway.send(VerifyOtpDocument, { input })).code).toBe('OTP_INVALID')
    const [ada] = await gateway.sql<{ id: string }>(`SELECT id FROM users WHERE email = '${email}'`)
    expect(await readRows('authn_otp_fail', ada?.id ?? '')).toMatchObject([{ reason: 'OTP_INVALID' }])
  })

  it('record access to an object of another account, once for several attempts in one request (SR-127)', async () => {
    const [ada, bob] = [await gateway.signUp(), await gateway.signUp()]
    const input = { title: 'Mine', content: 'Mine', published: true }
    const { createPost } = await gateway.ask(CreatePostDocument, { input }, ada.accessToken)
    const token = bob.accessToken
    await gateway.send(DeletePostDocument, { id: createPost.id }, { token })
    await gateway.send(RevokeSessionDocument, { id: ada.session.id }, { token })
    const tries = [1, 2, 3].map((number) => `canary${number}: post(id: "${number}") { id }`).join(' ')
    await gateway.sendText(`{ ${tries} }`, {}, { token })
    const rows = await readRows('authz_fail', bob.user.id, 3)
    expect(rows.map(({ reason }) => reason)).toEqual([
      'NOT_FOUND deletePost',
      'NOT_FOUND revokeSession',
      'NOT_FOUND post',
    ])
    expect(rows[0]?.session_id).toBe(bob.session.id)
  })

  it('name the client service that ended a session, and the account of the session (SR-127)', async () => {
    const ada = await gateway.signUp()
    const response = await gateway.app.http.app.inject({
      method: 'POST',
      url: '/revoke',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({
        token: ada.refreshToken ?? '',
        client_id: 'orders',
        client_secret: SECRET,
      }).toString(),
    })
    expect(response.statusCode).toBe(200)
    const revoked = await readRows('authn_token_revoked', ada.user.id)
    expect(revoked).toMatchObject([{ client_id: 'orders', session_id: ada.session.id, reason: 'REVOKED' }])
  })

  it('outlive their account and are written when the gateway closes (SR-127)', async () => {
    const sibling = await gateway.sibling()
    const ada = await gateway.signUp()
    await readRows('authn_login_success', ada.user.id)
    await gateway.sql(`DELETE FROM users WHERE id = '${ada.user.id}'`)
    expect(await readRows('user_created', ada.user.id)).toHaveLength(1)
    const bob = await sibling.signUp()
    await sibling.app.close()
    const rows = await gateway.sql<Row>(`SELECT * FROM audit_events WHERE user_id = '${bob.user.id}'`)
    expect(rows).toHaveLength(4)
  })
})
