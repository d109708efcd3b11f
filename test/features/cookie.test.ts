import { parseSetCookie } from 'cookie'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { PASSWORD, startGateway, type GraphqlResponse, type TestGateway } from '../support/gateway.ts'
import { LoginDocument, LogoutDocument, RefreshDocument } from '../generated/graphql.ts'
import { isSignedIn } from './session-steps.ts'
import { signedInBy } from '../support/outcomes.ts'

const NAME = '__Host-gateway-refresh'
const FRONT = 'https://app.example.com'
const OWN = 'https://auth.example.com'

describeOn(EXTREMES, 'refresh tokens in a cookie', (backend) => {
  let gateway: TestGateway
  let email: string
  beforeAll(async () => {
    gateway = await startGateway(backend, {
      RATE_LIMIT_SCALE: '1000',
      REFRESH_TRANSPORT: 'cookie',
      CORS_ORIGINS: FRONT,
      PUBLIC_URL: OWN,
    })
    email = (await gateway.signUp()).email
  })
  afterAll(() => gateway.close())

  const readCookie = (answer: GraphqlResponse<unknown>) => {
    const cookies = [answer.headers['set-cookie']].flat().map((text) => parseSetCookie(String(text)))
    return cookies.find(({ name }) => name === NAME) ?? { name: 'none', value: undefined }
  }
  const login = () => gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
  const refresh = (
    token: string | undefined,
    origin: string | null = FRONT,
    argument: string | null = null,
  ) =>
    gateway.send(
      RefreshDocument,
      { refreshToken: argument },
      {
        headers: {
          ...(origin === null ? {} : { origin }),
          ...(token ? { cookie: `a=b; ${NAME}=${token}` } : {}),
        },
      },
    )

  it('cannot be read by scripts or sent to other hosts, and the payload contains none (SR-073)', async () => {
    const answer = await login()
    expect(signedInBy(answer.data?.login).refreshToken).toBeNull()
    const cookie = readCookie(answer)
    expect({ ...cookie, value: '…', maxAge: 0 }).toEqual({
      name: NAME,
      value: '…',
      path: '/',
      secure: true,
      httpOnly: true,
      sameSite: 'strict',
      maxAge: 0,
    })
    expect(cookie.maxAge).toBe(signedInBy(answer.data?.login).refreshExpiresIn)
    expect(answer.text).not.toContain(cookie.value)
  })

  it('rotate for configured pages, the front end and the gateway itself (SR-073)', async () => {
    let cookie = readCookie(await login())
    for (const origin of [FRONT, OWN]) {
      const answer = await refresh(cookie.value, origin)
      expect([answer.code, answer.data?.refresh.refreshToken]).toEqual([undefined, null])
      expect(readCookie(answer).value).not.toBe(cookie.value)
      cookie = readCookie(answer)
    }
  })

  it.each([
    'https://evil.example',
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'null',
    null,
  ])('are refused from a page of %s, and not spent (SR-073)', async (origin) => {
    const cookie = readCookie(await login())
    expect((await refresh(cookie.value, origin)).code).toBe('FORBIDDEN')
    const logout = await gateway.send(
      LogoutDocument,
      {},
      { headers: { ...(origin === null ? {} : { origin }), cookie: `${NAME}=${cookie.value}` } },
    )
    expect(logout.code).toBe('FORBIDDEN')
    expect((await refresh(cookie.value)).code).toBeUndefined()
  })

  it('cannot be sent by a form of another site: a request without a preflight is rejected (SR-073)', async () => {
    const cookie = readCookie(await login())
    for (const contentType of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
      const { statusCode } = await gateway.app.http.app.inject({
        method: 'POST',
        url: '/graphql',
        headers: { 'content-type': contentType, origin: FRONT, cookie: `${NAME}=${cookie.value}` },
        payload: JSON.stringify({ query: 'mutation { refresh { accessToken } }' }),
      })
      expect([400, 415]).toContain(statusCode)
    }
    expect((await refresh(cookie.value)).code).toBeUndefined()
  })

  it('are read from the cookie only: the argument is ignored (SR-073)', async () => {
    const cookie = readCookie(await login())
    expect((await refresh(undefined, FRONT, cookie.value)).code).toBe('TOKEN_INVALID')
    expect((await refresh(cookie.value, FRONT, 'nonsense')).code).toBeUndefined()
  })

  it('end with a sign-out, even without an access token, and the cookie is removed (SR-066)', async () => {
    const signIn = await login()
    const cookie = readCookie(signIn)
    const headers = { origin: FRONT, cookie: `${NAME}=${cookie.value}` }
    const answer = await gateway.send(LogoutDocument, {}, { headers })
    expect(answer.data?.logout.revokedSessions).toBe(1)
    expect(readCookie(answer)).toMatchObject({ name: NAME, value: '', maxAge: 0 })
    expect((await refresh(cookie.value)).code).toBe('TOKEN_INVALID')
    expect(await isSignedIn(gateway, signedInBy(signIn.data?.login))).toBe(false)
  })

  it('let only pages of the configured list read responses to requests with credentials (SR-107)', async () => {
    const preflight = async (origin: string) =>
      (
        await gateway.app.http.app.inject({
          method: 'OPTIONS',
          url: '/graphql',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type',
          },
        })
      ).headers
    expect(await preflight(FRONT)).toMatchObject({
      'access-control-allow-origin': FRONT,
      'access-control-allow-credentials': 'true',
    })
    for (const origin of ['https://evil.example', 'null'])
      expect((await preflight(origin))['access-control-allow-origin']).toBeUndefined()
  })
})
