import { print } from 'graphql'
import { NetworkError, createClient, type Client } from 'graphql-sse'
import { afterEach, expect, it } from 'vitest'
import {
  CreatePostDocument,
  LogoutDocument,
  MeDocument,
  RefreshDocument,
  RevokeSessionDocument,
  SessionEventsDocument,
} from '../generated/graphql.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import { signInAgain } from './session-steps.ts'

/** What a subscriber of the client has received. */
interface Sink {
  readonly results: { readonly data?: unknown; readonly errors?: readonly unknown[] }[]
  readonly ends: unknown[]
}

/** The client of the protocol's library: Apollo's links and urql's exchanges for the protocol wrap it. */
describeOn(EXTREMES, 'an event stream', (backend) => {
  let gateway: TestGateway
  const clients: Client[] = []
  afterEach(async () => {
    for (const client of clients.splice(0)) client.dispose()
    await gateway.close()
  })

  async function start(settings: Record<string, string> = {}): Promise<string> {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', ...settings })
    return `${await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })}/graphql`
  }

  /** A client, with the number of streams that it has opened. */
  function openClient(url: string, readToken: () => string | undefined | Promise<string>) {
    const counts = { connecting: 0, opened: 0 }
    const client = createClient({
      url,
      retry: () => Promise.resolve(),
      headers: async () => {
        const token = await readToken()
        return token === undefined ? {} : { authorization: `Bearer ${token}` }
      },
      on: { connecting: () => void (counts.connecting += 1), connected: () => void (counts.opened += 1) },
    })
    clients.push(client)
    return { client, counts }
  }

  function send(client: Client, query: string, variables: Record<string, unknown> = {}): Sink {
    const sink: Sink = { results: [], ends: [] }
    client.subscribe(
      { query, variables },
      {
        next: (result) => void sink.results.push(result),
        error: (error) => void sink.ends.push(error),
        complete: () => void sink.ends.push('complete'),
      },
    )
    return sink
  }

  const ended = ({ ends }: Sink) => eventually(async () => ends.length > 0)
  const subscription = print(SessionEventsDocument)

  it('delivers the end of its session and completes, without another attempt (SR-257)', async () => {
    const url = await start()
    const first = await gateway.signUp()
    const second = await signInAgain(gateway, first.email)
    const mine = openClient(url, () => second.accessToken)
    const other = openClient(url, () => first.accessToken)
    const [revoked, bystander] = [send(mine.client, subscription), send(other.client, subscription)]
    await eventually(async () => mine.counts.opened === 1 && other.counts.opened === 1)
    await gateway.ask(RevokeSessionDocument, { id: second.session.id }, first.accessToken)
    await ended(revoked)
    expect(revoked.results).toEqual([
      { data: { sessionEvents: { kind: 'ENDED', sessionId: second.session.id, reason: 'REVOKED' } } },
    ])
    expect([revoked.ends, mine.counts.connecting]).toEqual([['complete'], 1])
    expect(bystander).toEqual({ results: [], ends: [] })

    const again = send(mine.client, subscription)
    await ended(again)
    expect(again.results).toMatchObject([
      { errors: [{ extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' } }] },
    ])
    expect([again.ends, mine.counts.connecting]).toEqual([['complete'], 2])
  })

  it('ends with its access token so that a client resumes with fresh headers (SR-257)', async () => {
    const url = await start({ ACCESS_TOKEN_MINUTES: '1', JWT_LEEWAY_SECONDS: '0' })
    let tokens = await gateway.signUp()
    let attempts = 0
    const { client, counts } = openClient(url, async () => {
      attempts += 1
      // The first retry sends the expired token again; the gateway answers 401, and the client retries.
      if (attempts >= 3) {
        const refreshToken = tokens.refreshToken ?? null
        tokens = { ...tokens, ...(await gateway.ask(RefreshDocument, { refreshToken })).refresh }
      }
      return tokens.accessToken
    })
    const sink = send(client, subscription)
    await eventually(async () => counts.opened === 1)
    gateway.passTime(61_000)
    await eventually(async () => counts.opened === 2, 30_000)
    expect([counts.connecting, sink.results.length, sink.ends]).toEqual([3, 1, []])
    expect(sink.results[0]).toMatchObject({ data: { sessionEvents: { kind: 'TOKEN_EXPIRED' } } })

    await gateway.ask(LogoutDocument, {}, tokens.accessToken)
    await ended(sink)
    expect(sink.results[1]).toMatchObject({ data: { sessionEvents: { kind: 'ENDED', reason: 'LOGOUT' } } })
    expect([sink.ends, counts.connecting]).toEqual([['complete'], 3])
  }, 60_000)

  it('refuses an expired token with 401, and clients give up after their attempts (SR-257)', async () => {
    const url = await start({ ACCESS_TOKEN_MINUTES: '1', JWT_LEEWAY_SECONDS: '0' })
    const { accessToken } = await gateway.signUp()
    gateway.passTime(61_000)
    const { client, counts } = openClient(url, () => accessToken)
    const sink = send(client, subscription)
    await ended(sink)
    const [error] = sink.ends
    expect(error instanceof NetworkError && error.response).toMatchObject({ status: 401 })
    expect([sink.results, counts.opened]).toEqual([[], 0])
  })

  it('tells a client without a valid token why, once (SR-257)', async () => {
    const url = await start()
    for (const [token, reason] of [
      [undefined, 'TOKEN_MISSING'],
      ['nonsense', 'TOKEN_INVALID'],
    ] as const) {
      const { client, counts } = openClient(url, () => token)
      const sink = send(client, subscription)
      await ended(sink)
      expect(sink.results).toMatchObject([{ errors: [{ extensions: { code: 'UNAUTHENTICATED', reason } }] }])
      expect([sink.ends, counts.connecting]).toEqual([['complete'], 1])
    }
  })

  it('carries queries and mutations with every guard of a request, for clients with no other transport', async () => {
    const url = await start({ MAX_LOOP_PERCENT: '100' })
    const { accessToken, user } = await gateway.signUp()
    const { client } = openClient(url, () => accessToken)
    const sinks = [
      send(client, print(MeDocument)),
      send(client, print(CreatePostDocument), { input: { title: 'By SSE', content: 'Text' } }),
      send(
        client,
        '{ posts(first: 100) { nodes { author { id } contentHtml a: contentHtml b: contentHtml } } }',
      ),
      send(client, 'subscription {'),
      send(client, 'subscription { no }'),
    ]
    await Promise.all(sinks.map(ended))
    expect(sinks.map(({ ends }) => ends)).toEqual(Array(5).fill(['complete']))
    const [me, created, costly, syntax, invalid] = sinks.map(({ results: [result] }) => result)
    expect(me).toMatchObject({ data: { me: { id: user.id } } })
    expect(created).toMatchObject({ data: { createPost: { title: 'By SSE' } } })
    expect(costly).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] })
    expect(syntax).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] })
    expect(invalid).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] })
  })
})
