import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { reencodeLast } from '../core/token-forgery.ts'
import { isSignedIn, signInAgain, tryRefresh } from '../features/session-steps.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { LogoutDocument, RefreshDocument, type SignInFragment } from '../generated/graphql.ts'
import { SERVICE_SETTINGS, introspect, postForm, revoke } from '../support/token-endpoints.ts'

const DAY = 24 * 3600_000

describeOn(EXTREMES, 'the tokens of other services', (backend) => {
  let gateway: TestGateway
  let sibling: TestGateway
  beforeAll(async () => {
    gateway = await startGateway(backend, SERVICE_SETTINGS)
    sibling = await gateway.sibling()
  })
  afterAll(async () => {
    await sibling.app.close()
    await gateway.close()
  })

  const introspectText = async (token: string | null | undefined, node = gateway) =>
    (await introspect(node, token)).text
  const isActive = async (token: string | null | undefined, node = gateway) =>
    (await introspect(node, token)).body['active']
  async function refreshed({ refreshToken }: SignInFragment): Promise<SignInFragment> {
    return (await gateway.ask(RefreshDocument, { refreshToken: refreshToken ?? null })).refresh
  }

  it('are introspected with the claims of an active access token', async () => {
    const { accessToken, session, user } = await gateway.signUp()
    const { sub, aud, iss, exp, iat, jti, scope, amr } = decodeJwt(accessToken)
    const { status, body } = await introspect(gateway, accessToken)
    expect([status, body]).toEqual([
      200,
      {
        active: true,
        token_type: 'Bearer',
        ...{ scope, sub, aud, iss, exp, iat, jti, amr },
        sid: session.id,
      },
    ])
    expect(amr).toEqual(['otp'])
    expect([sub, aud, iss, scope]).toEqual([
      user.id,
      'graphql',
      'graphql-auth-gateway',
      'posts:read posts:write',
    ])
  })

  it('are introspected as active for the current refresh token of a session only', async () => {
    const first = await gateway.signUp()
    const { body } = await introspect(gateway, first.refreshToken)
    expect(body).toEqual({
      active: true,
      token_type: 'refresh_token',
      sub: first.user.id,
      sid: first.session.id,
      iss: 'graphql-auth-gateway',
      exp: Math.floor(new Date(first.session.expiresAt).getTime() / 1000),
    })
    const second = await refreshed(first)
    expect([await isActive(first.refreshToken), await isActive(second.refreshToken)]).toEqual([false, true])
    expect(await isActive(first.accessToken)).toBe(true)
  })

  it('are recognized without a hint, and a wrong or unknown hint changes nothing', async () => {
    const { accessToken, refreshToken } = await gateway.signUp()
    for (const token of [accessToken, refreshToken ?? '', 'nonsense']) {
      const plain = await postForm(gateway, '/introspect', { token })
      for (const hint of ['access_token', 'refresh_token', 'pairwise', '']) {
        const { text } = await postForm(gateway, '/introspect', { token, token_type_hint: hint })
        expect(text).toBe(plain.text)
      }
    }
  })

  it('are introspected as exactly {"active":false} if unusable for any reason (SR-072)', async () => {
    const person = await gateway.signUp()
    const [header, payload, signature = ''] = person.accessToken.split('.')
    const [id, counter, mac] = (person.refreshToken ?? '').split('.')
    const loggedOut = await gateway.signUp()
    await gateway.ask(LogoutDocument, {}, loggedOut.accessToken)
    const reused = await gateway.signUp()
    const latest = await refreshed(await refreshed(reused))
    expect((await tryRefresh(gateway, reused)).code).toBe('REFRESH_REUSED')
    const suspended = await gateway.signUp()
    await gateway.app.administration.suspend(suspended.email)
    const other = await startGateway(backend, SERVICE_SETTINGS)
    const foreign = await other.signUp()
    await other.close()
    const dead = [loggedOut, reused, latest, suspended, foreign]
    const unusable = [
      ...dead.flatMap(({ accessToken, refreshToken }) => [accessToken, refreshToken]),
      ...[`${header}.${payload}.`, `${header}.${payload}`, `${header}.${payload}.${reencodeLast(signature)}`],
      ...[`${id}.1.${mac}`, `${id}.0${counter}.${mac}`, `${person.refreshToken} `],
      ...[`${person.accessToken} `, 'nonsense', 'a.b.c', ' ', '\0', 'é', '.'.repeat(50_000)],
    ]
    for (const token of unusable)
      expect(await introspect(gateway, token)).toMatchObject({ status: 200, text: '{"active":false}' })
    expect([await isActive(person.accessToken), await isActive(person.refreshToken)]).toEqual([true, true])
  })

  it('expire: an access token at its exp, a refresh token with its session (SR-072)', async () => {
    const { accessToken, refreshToken } = await gateway.signUp()
    gateway.passTime(Number(decodeJwt(accessToken).exp) * 1000 - gateway.now() - 5000)
    expect(await isActive(accessToken)).toBe(true)
    gateway.passTime(5000)
    expect([await introspectText(accessToken), await isActive(refreshToken)]).toEqual([
      '{"active":false}',
      true,
    ])
    gateway.passTime(7 * DAY)
    expect(await introspectText(refreshToken)).toBe('{"active":false}')
  })

  it('are rejected on every node after either of a pair was revoked (SR-066)', async () => {
    for (const kind of ['accessToken', 'refreshToken'] as const) {
      const person = await gateway.signUp()
      const bystander = await signInAgain(gateway, person.email)
      for (const node of [gateway, sibling]) expect(await isSignedIn(node, person)).toBe(true)
      expect(await revoke(gateway, person[kind])).toEqual([200, '{}'])
      for (const node of [gateway, sibling]) {
        const answers = await Promise.all(Array.from({ length: 10 }, () => isSignedIn(node, person)))
        expect(answers.some(Boolean)).toBe(false)
        expect((await tryRefresh(node, person)).code).toBe('TOKEN_INVALID')
        expect(await introspectText(person.accessToken, node)).toBe('{"active":false}')
        expect(await introspectText(person.refreshToken, node)).toBe('{"active":false}')
        expect(await isSignedIn(node, bystander)).toBe(true)
      }
    }
  })

  it('are revoked even if a refresh runs at the same time (SR-061, SR-066)', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await gateway.signUp()
      const [, ...answers] = await Promise.all([
        revoke(gateway, person.refreshToken),
        ...Array.from({ length: 5 }, () => tryRefresh(sibling, person)),
      ])
      for (const { data } of answers) {
        if (!data) continue
        expect([await isSignedIn(sibling, data.refresh), await isActive(data.refresh.refreshToken)]).toEqual([
          false,
          false,
        ])
      }
    }
  })

  it('are revoked by an expired or superseded token too (SR-066)', async () => {
    const first = await gateway.signUp()
    const second = await refreshed(first)
    expect(await revoke(gateway, first.refreshToken)).toEqual([200, '{}'])
    expect((await tryRefresh(gateway, second)).code).toBe('TOKEN_INVALID')
    const third = await gateway.signUp()
    gateway.passTime(16 * 60_000)
    expect(await revoke(gateway, third.accessToken)).toEqual([200, '{}'])
    expect((await tryRefresh(gateway, third)).code).toBe('TOKEN_INVALID')
  })

  it('are unaffected by the revocation of unknown, foreign or malformed ones (SR-067)', async () => {
    const person = await gateway.signUp()
    const ended = await gateway.signUp()
    const other = await startGateway(backend, SERVICE_SETTINGS)
    const foreign = await other.signUp()
    await other.close()
    const [id, counter] = (person.refreshToken ?? '').split('.')
    for (const token of [
      ...[ended.accessToken, ended.accessToken, ended.refreshToken],
      ...[foreign.accessToken, foreign.refreshToken],
      ...[`${person.accessToken}x`, `${id}.${counter}.${'A'.repeat(43)}`, id, 'nonsense', '\0'],
    ])
      expect(await revoke(gateway, token)).toEqual([200, '{}'])
    expect(await isSignedIn(gateway, person)).toBe(true)
    expect((await tryRefresh(gateway, person)).code).toBeUndefined()
  })
})
