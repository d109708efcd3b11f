import { print } from 'graphql'
import { createClient, type Client } from 'graphql-ws'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import {
  LogoutDocument,
  RefreshDocument,
  SessionEventsDocument,
  type SessionEventsSubscription,
} from '../generated/graphql.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'

type SessionEvent = SessionEventsSubscription['sessionEvents']

/** Subscriptions of one socket: each receives the last event before the socket closes. */
const SUBSCRIPTIONS = 5

/** Resolves once the server has handled the messages of the socket so far: it refuses a query after them. */
function waitForServer(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    const complete = () => reject(new Error('a socket served a query'))
    client.subscribe({ query: '{ __typename }' }, { next: complete, error: () => resolve(), complete })
  })
}

/** Clients of Apollo's `GraphQLWsLink` and of urql are clients of `graphql-ws` with these options. */
describeOn(EXTREMES, 'a subscription whose access token expires', (backend) => {
  let gateway: TestGateway
  const clients: Client[] = []
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.dispose()
    await gateway.close()
  })

  it('is resumed by a standard client with fresh connection params (SR-115)', async () => {
    gateway = await startGateway(backend, { ACCESS_TOKEN_MINUTES: '1', JWT_LEEWAY_SECONDS: '0' })
    const address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const session = await gateway.signUp()
    let tokens = { accessToken: session.accessToken, refreshToken: session.refreshToken ?? null }
    let isExpired = false
    const events: SessionEvent[] = []
    const ends: string[] = []
    let opened = 0
    const client = createClient({
      url: `${address.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryWait: () => Promise.resolve(),
      connectionParams: async () => {
        if (isExpired) {
          const { refresh } = await gateway.ask(RefreshDocument, { refreshToken: tokens.refreshToken })
          tokens = { accessToken: refresh.accessToken, refreshToken: refresh.refreshToken ?? null }
          isExpired = false
        }
        return { authorization: `Bearer ${tokens.accessToken}` }
      },
      on: {
        connected: () => void (opened += 1),
        closed: (event) => void (isExpired = (event as { code: number }).code === 4403),
      },
    })
    clients.push(client)
    for (let sent = 0; sent < SUBSCRIPTIONS; sent += 1)
      client.subscribe<SessionEventsSubscription>(
        { query: print(SessionEventsDocument) },
        {
          next: ({ data }) => void (data && events.push(data.sessionEvents)),
          error: () => void ends.push('error'),
          complete: () => void ends.push('complete'),
        },
      )
    await eventually(async () => opened === 1)
    await waitForServer(client)
    gateway.passTime(61_000)
    await eventually(async () => opened === 2, 30_000)
    const expired = Array<string>(SUBSCRIPTIONS).fill('TOKEN_EXPIRED')
    expect([events.map(({ kind }) => kind), ends]).toEqual([expired, []])

    await waitForServer(client)
    await gateway.ask(LogoutDocument, {}, tokens.accessToken)
    await eventually(async () => ends.length === SUBSCRIPTIONS)
    const ended = Array<string>(SUBSCRIPTIONS).fill('ENDED')
    expect(events.map(({ kind }) => kind)).toEqual([...expired, ...ended])
  }, 60_000)
})
