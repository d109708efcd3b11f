import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import {
  ROUTERS,
  describeWithRouters,
  postTo,
  startGraph,
  type FederatedGraph,
  type RoutedClient,
} from '../support/federation.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'

const LOGIN = `mutation ($email: String!) { login(input: { email: $email, password: "${PASSWORD}" }) {
  ... on AuthPayload { accessToken refreshToken session { ipAddress userAgent } user { id } } } }`
const REFRESH = `mutation ($refreshToken: String) {
  refresh(refreshToken: $refreshToken) { accessToken refreshToken } }`
const LOGOUT = 'mutation { logout { revokedSessions } }'
const ME = '{ me { id email } }'
const ORIGIN = 'https://app.example.com'

/** Tokens of a payload. */
interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string | null
}
type SignIn = Tokens & { readonly session: { readonly ipAddress: string; readonly userAgent: string } }

const [backend] = BACKENDS as readonly [Backend]
const bearer = (token: string): RoutedClient => ({ headers: { authorization: `Bearer ${token}` } })

describeWithRouters('a subgraph behind a router', () => {
  describe.each(
    ROUTERS.flatMap((router) =>
      (['body', 'cookie'] as const).map((transport) => [router, transport] as const),
    ),
  )('%s, with refresh tokens in the %s', (router, transport) => {
    let gateway: TestGateway
    let graph: FederatedGraph
    let email: string
    beforeAll(async () => {
      gateway = await startGateway(backend, {
        ...{ SUBGRAPH: 'on', TRUST_PROXY: '1' },
        ...{ REFRESH_TRANSPORT: transport, CORS_ORIGINS: ORIGIN },
      })
      await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
      const { port } = gateway.app.http.app.server.address() as AddressInfo
      graph = await startGraph(router, `http://127.0.0.1:${port}/graphql`)
      email = (await gateway.signUp()).email
    })
    afterAll(async () => {
      await graph.close()
      await gateway.close()
    })

    const send = (query: string, variables: object = {}, client: RoutedClient = {}) =>
      postTo(graph.url, query, variables, client)

    async function logIn(client: RoutedClient = {}) {
      const { data, errors, headers } = await send(LOGIN, { email }, client)
      expect(errors).toEqual([])
      const cookies = (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? '')
      return { ...(data?.['login'] as SignIn), cookie: cookies.join('; '), headers }
    }

    it('signs in, refreshes and signs out through it', async () => {
      const signedIn = await logIn()
      expect(signedIn.refreshToken === null).toBe(transport === 'cookie')
      expect(signedIn.cookie.includes('__Host-gateway-refresh=')).toBe(transport === 'cookie')
      const { refreshToken, cookie } = signedIn
      const refreshed = await send(REFRESH, { refreshToken }, { headers: { cookie, origin: ORIGIN } })
      const { accessToken } = refreshed.data?.['refresh'] as Tokens
      expect(accessToken).not.toBe(signedIn.accessToken)
      expect((await send(ME, {}, bearer(accessToken))).data).toMatchObject({ me: { email } })
      const signedOut = await send(LOGOUT, {}, bearer(accessToken))
      expect(signedOut.data).toEqual({ logout: { revokedSessions: 1 } })
      expect((signedOut.headers['set-cookie'] ?? []).join()).toMatch(
        transport === 'cookie' ? /__Host-gateway-refresh=;.*Max-Age=0/ : /^$/,
      )
      expect((await send(ME, {}, bearer(accessToken))).errors).toMatchObject([
        { path: ['me'], extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' } },
      ])
    })

    it('passes every Set-Cookie on, each with its attributes', async () => {
      const cookies = (await logIn()).headers['set-cookie'] ?? []
      const names = cookies.map((cookie) => cookie.split('=')[0]).sort()
      const expected =
        transport === 'cookie'
          ? ['__Host-gateway-device', '__Host-gateway-refresh']
          : ['__Host-gateway-device']
      expect(names).toEqual(expected)
      for (const cookie of cookies) expect(cookie).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
    })

    it('resolves authors and posts of another subgraph, for the caller of the router', async () => {
      const reader = await logIn()
      const author = await gateway.signUp()
      const createPost = (published: boolean) =>
        send(
          `mutation { createPost(input: { title: "T", content: "C", published: ${published} }) { id } }`,
          {},
          bearer(author.accessToken),
        )
      for (const published of [true, false]) {
        const { id: post } = (await createPost(published)).data?.['createPost'] as { id: string }
        const variables = { author: author.user.id, post }
        await send(
          `mutation ($author: ID!, $post: ID!) { addReview(text: "R", author: $author, post: $post) { id } }`,
          variables,
        )
      }
      const query =
        '{ reviews { nodes { text author { email reviews { id } } post { title author { id } } } } }'
      const shown = { title: 'T', author: { id: author.user.id } }
      const read = async (client: RoutedClient) => {
        const { data, errors } = await send(query, {}, client)
        const { nodes } = data?.['reviews'] as { nodes: { text: string; author: object; post: object }[] }
        return { nodes, errors }
      }
      const reviews = [{ id: '1' }, { id: '2' }]
      const seenByAuthor = await read(bearer(author.accessToken))
      expect(seenByAuthor.errors).toEqual([])
      const own = { text: 'R', author: { email: author.email, reviews }, post: shown }
      expect(seenByAuthor.nodes).toEqual([own, own])
      // Hive Gateway reports the title of the draft, which cannot be null; Apollo Gateway does not.
      expect((await read(bearer(reader.accessToken))).nodes).toEqual([
        { text: 'R', author: { email: null, reviews }, post: shown },
        { text: 'R', author: { email: null, reviews }, post: null },
      ])
      const anonymous = await read({})
      expect(anonymous.nodes.map(({ text }) => text)).toEqual(['R', 'R'])
      expect(JSON.stringify(anonymous.nodes)).not.toContain(author.email)
      expect(anonymous.errors[0]?.extensions).toMatchObject({
        code: 'UNAUTHENTICATED',
        reason: 'TOKEN_MISSING',
      })
    })

    it('counts and records the clients of the router, not the router (SR-263)', async () => {
      const headers = { 'user-agent': 'Phone/1.0', 'x-forwarded-for': '203.0.113.9' }
      const { session } = await logIn({ from: '127.1.2.3', headers })
      expect(session).toMatchObject({ ipAddress: '127.1.2.x', userAgent: 'Phone/1.0' })
      const undo = (from: string) => send('mutation { undoChange(token: "x") { messageKey } }', {}, { from })
      await Promise.all(Array.from({ length: 60 }, () => undo('127.1.2.3')))
      expect((await undo('127.1.2.3')).errors[0]?.extensions).toMatchObject({
        code: 'RATE_LIMITED',
        retryAfter: expect.any(Number) as number,
      })
      expect((await undo('127.1.2.4')).errors[0]?.extensions.code).not.toBe('RATE_LIMITED')
    })

    it('passes the facts of errors on', async () => {
      const { errors } = await send(
        'mutation ($email: String!) { register(input: { email: $email }) { challengeId } }',
        {
          email: `${newAddress()} x`,
        },
      )
      expect(errors[0]).toMatchObject({
        path: ['register'],
        extensions: {
          code: 'BAD_USER_INPUT',
          fieldErrors: [{ path: ['input', 'email'], code: 'INVALID_EMAIL' }],
        },
      })
    })
  })
})
