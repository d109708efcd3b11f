import { setTimeout as sleep } from 'node:timers/promises'
import { ApolloClient, InMemoryCache, gql } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { Client, subscriptionExchange } from '@urql/core'
import { createClient as createEventClient } from 'graphql-sse'
import { createClient as createSocketClient } from 'graphql-ws'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createAuthEventOptions } from '../../src/adapters/graphql-sse.ts'
import { createAuthSocketOptions } from '../../src/adapters/graphql-ws.ts'
import type { AuthClient } from '../../src/index.ts'
import { siteSteps } from '../support/site-steps.ts'
import { TOKEN_MS } from '../support/site.ts'

const EVENTS = 'subscription { sessionEvents { kind } }'

/** An open subscription. */
interface Subscribed {
  /** How many connections it has had. */
  readonly countConnections: () => number
  readonly stop: () => void
}

/** Opens a subscription and passes on what arrives. */
type Subscribe = (auth: AuthClient, address: string, onKind: (kind: string) => void) => Subscribed

interface EventData {
  readonly sessionEvents: { readonly kind: string }
}

/** The client of graphql-ws, as Apollo Client and urql use it. */
function openSockets(auth: AuthClient, address: string) {
  let connections = 0
  const client = createSocketClient({
    url: address.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryWait: async () => undefined,
    ...createAuthSocketOptions(auth),
  })
  client.on('connected', () => void (connections += 1))
  return { client, countConnections: () => connections }
}

const CLIENTS: Readonly<Record<string, Subscribe>> = {
  'GraphQLWsLink of Apollo Client'(auth, address, onKind) {
    const { client, countConnections } = openSockets(auth, address)
    const apollo = new ApolloClient({ link: new GraphQLWsLink(client), cache: new InMemoryCache() })
    const subscription = apollo
      .subscribe<EventData>({ query: gql(EVENTS), fetchPolicy: 'no-cache' })
      .subscribe(({ data }) => data && onKind(data.sessionEvents.kind))
    return {
      countConnections,
      stop() {
        subscription.unsubscribe()
        void client.dispose()
      },
    }
  },
  'subscriptionExchange of urql'(auth, address, onKind) {
    const { client, countConnections } = openSockets(auth, address)
    const urql = new Client({
      url: address,
      preferGetMethod: false,
      exchanges: [
        subscriptionExchange({
          forwardSubscription: ({ query = '', variables }) => ({
            subscribe: (sink) => ({
              unsubscribe: client.subscribe(
                { query, variables: variables as Record<string, unknown> },
                { ...sink, next: ({ data = null }) => sink.next({ data }) },
              ),
            }),
          }),
        }),
      ],
    })
    const subscription = urql
      .subscription<EventData>(EVENTS, {})
      .subscribe(({ data }) => data && onKind(data.sessionEvents.kind))
    return {
      countConnections,
      stop() {
        subscription.unsubscribe()
        void client.dispose()
      },
    }
  },
  'client of graphql-sse'(auth, address, onKind) {
    let connections = 0
    const countedFetch: typeof fetch = async (...request) => {
      const response = await fetch(...request)
      if (response.headers.get('content-type') === 'text/event-stream') connections += 1
      return response
    }
    const client = createEventClient({
      url: address,
      retry: async () => undefined,
      ...createAuthEventOptions(auth, { fetch: countedFetch, origins: [new URL(address).origin] }),
    })
    const end = client.subscribe<EventData>(
      { query: EVENTS },
      {
        next: ({ data }) => data && onKind(data.sessionEvents.kind),
        error: () => undefined,
        complete: () => undefined,
      },
    )
    return {
      countConnections: () => connections,
      stop() {
        end()
        client.dispose()
      },
    }
  },
}

describe('a subscription whose access token expires', () => {
  const { site, openSignedIn } = siteSteps()
  let subscribed: Subscribed
  afterEach(() => subscribed.stop())

  it.each(Object.entries(CLIENTS))(
    'is resumed with a fresh token by the %s, and ends with its session',
    async (_name, subscribe) => {
      const { auth } = await openSignedIn({ random: () => 0 })
      const kinds: string[] = []
      subscribed = subscribe(auth, `${site.address}/graphql`, (kind) => void kinds.push(kind))
      await expect.poll(subscribed.countConnections).toBe(1)
      const refreshes = site.proxy.count('refresh')
      // The clock of the device does not notice: only the gateway says that the token has expired. It tells
      // the subscriptions that have reached it, so time passes until this one has.
      await expect
        .poll(
          () => {
            site.gateway.passTime(TOKEN_MS / 4)
            return kinds
          },
          { timeout: 20_000, interval: 300 },
        )
        .toContain('TOKEN_EXPIRED')
      await expect.poll(subscribed.countConnections, { timeout: 20_000 }).toBeGreaterThan(1)
      expect(site.proxy.count('refresh')).toBeGreaterThan(refreshes)
      // The subscription is sent right after the connection has opened.
      await sleep(300)
      await auth.logout()
      await expect.poll(() => kinds.at(-1), { timeout: 20_000 }).toBe('ENDED')
    },
  )
})
