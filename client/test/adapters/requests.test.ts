import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { ServerError } from '@apollo/client/errors'
import { QueryClient } from '@tanstack/react-query'
import { Client, fetchExchange, type OperationContext } from '@urql/core'
import { GraphQLClient } from 'graphql-request'
import { Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { createAuthLink } from '../../src/adapters/apollo.ts'
import { createAuthFetch } from '../../src/adapters/fetch.ts'
import { createAuthExchange } from '../../src/adapters/urql.ts'
import { authError, type AuthClient } from '../../src/index.ts'
import { createDevice } from '../support/device.ts'
import { siteSteps } from '../support/site-steps.ts'
import { startSite, TOKEN_MS } from '../support/site.ts'

const ME = 'query Me { me { id } }'
interface Me {
  readonly me: { readonly id: string }
}
/** Sends `ME`; returns the id. */
type Ask = () => Promise<string | undefined>

/** How an application sends a query with each library. */
const LIBRARIES: Readonly<
  Record<string, (auth: AuthClient, url: string, fetch?: typeof globalThis.fetch) => Ask>
> = {
  'Apollo Client': (auth, url, fetch = globalThis.fetch) => {
    const link = createAuthLink(auth).concat(new HttpLink({ uri: url, fetch }))
    const client = new ApolloClient({ link, cache: new InMemoryCache() })
    const options = {
      query: gql(ME),
      fetchPolicy: 'no-cache',
      context: { queryDeduplication: false },
    } as const
    return async () => (await client.query<Me>(options)).data?.me.id
  },
  urql: (auth, url, fetch = globalThis.fetch) => {
    const exchanges = [createAuthExchange(auth), fetchExchange]
    const client = new Client({ url, exchanges, preferGetMethod: false, fetch })
    // A variable that differs keeps urql from sharing one operation.
    let number = 0
    return async () => {
      number += 1
      const context: Partial<OperationContext> = { requestPolicy: 'network-only' }
      const { data, error } = await client
        .query<Me>(`query Me${number} { me { id } }`, {}, context)
        .toPromise()
      return error ? Promise.reject(error) : data?.me.id
    }
  },
  'graphql-request': (auth, url, fetch = globalThis.fetch) => {
    const client = new GraphQLClient(url, { fetch: createAuthFetch(auth, { fetch }) })
    return async () => (await client.request<Me>(ME)).me.id
  },
  'TanStack Query': (auth, url, fetch = globalThis.fetch) => {
    const client = new GraphQLClient(url, { fetch: createAuthFetch(auth, { fetch }) })
    const queries = new QueryClient()
    return async () => {
      const queryFn = () => client.request<Me>(ME)
      return (await queries.fetchQuery({ queryKey: [Symbol('me').toString()], queryFn, retry: false })).me.id
    }
  },
}

describe.each(Object.entries(LIBRARIES))('a request of %s', (_name, createAsk) => {
  const { site, ...steps } = siteSteps()

  async function openSignedIn() {
    const signedIn = await steps.openSignedIn({ random: () => 0 })
    return { ...signedIn, ask: createAsk(signedIn.auth, site.proxy.url) }
  }

  it('has the token', async () => {
    const { ask, userId } = await openSignedIn()
    expect(await ask()).toBe(userId)
  })

  it('is repeated once with the next token after the gateway has rejected it, in parallel with others', async () => {
    const { ask, userId } = await openSignedIn()
    site.gateway.passTime(2 * TOKEN_MS)
    const before = site.proxy.count('refresh')
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([userId, userId, userId])
    expect(site.proxy.count('refresh') - before).toBe(1)
  })

  it('waits for the refresh of a token that has expired', async () => {
    const { ask, userId, device } = await openSignedIn()
    device.sleep(TOKEN_MS)
    site.gateway.passTime(TOKEN_MS)
    const before = site.proxy.sent('refresh').length
    expect(await ask()).toBe(userId)
    expect(site.proxy.sent('refresh')).toHaveLength(before + 1)
  })

  it('fails with the code of the gateway when the session has ended, and signs out', async () => {
    const { ask, auth, elsewhere } = await openSignedIn()
    await site.gateway.sendText(
      'mutation { revokeOtherSessions { revokedSessions } }',
      {},
      { token: elsewhere },
    )
    const error = await ask().catch((thrown: unknown) => thrown)
    expect(authError(error)).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(auth.getState()).toEqual({ status: 'signed-out', reason: 'ENDED' })
  })

  it('fails with a code that can be retried when the token cannot be refreshed', async () => {
    const { ask, auth, device } = await openSignedIn()
    device.sleep(TOKEN_MS)
    device.isOffline = true
    const error = await ask().catch((thrown: unknown) => thrown)
    expect(authError(error)).toMatchObject({ code: 'NETWORK', isRetryable: true })
    expect(auth.getState().status).toBe('signed-in')
  })

  it('is not repeated for another account that has signed in meanwhile', async () => {
    const { auth } = await openSignedIn()
    const second = await site.addAccount()
    const sent: (string | null)[] = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      sent.push(new Headers(init?.headers).get('authorization'))
      if (sent.length === 1) {
        const rejected = await auth.getAccessToken()
        await auth.login(second.credentials)
        // Until the gateway rejects the token of the first.
        await expect
          .poll(async () => (await site.gateway.sendText(ME, {}, { token: rejected ?? '' })).code)
          .toBe('UNAUTHENTICATED')
      }
      return globalThis.fetch(input, init)
    }
    const error = await createAsk(auth, site.proxy.url, fetch)().catch((thrown: unknown) => thrown)
    expect(authError(error)).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(sent).toHaveLength(1)
  })
})

describe('the link of Apollo Client', () => {
  it('repeats an operation whose rejection is a response with status 401', async () => {
    const site = await startSite()
    const device = createDevice(site.proxy.url)
    const auth = device.openTab()
    const { credentials } = await site.addAccount()
    await auth.login(credentials)
    const bodyText = JSON.stringify({ errors: [{ message: '', extensions: { code: 'UNAUTHENTICATED' } }] })
    const tokens: unknown[] = []
    const terminating = new ApolloLink((operation) => {
      tokens.push((operation.getContext()['headers'] as { authorization?: string }).authorization)
      return new Observable((observer) => {
        const response = new Response(bodyText, { status: 401 })
        if (tokens.length === 1) return observer.error(new ServerError('401', { response, bodyText }))
        observer.next({ data: { me: { __typename: 'User', id: 'x' } } })
        observer.complete()
      })
    })
    const client = new ApolloClient({
      link: createAuthLink(auth).concat(terminating),
      cache: new InMemoryCache(),
    })
    expect((await client.query<Me>({ query: gql(ME) })).data?.me.id).toBe('x')
    expect(new Set(tokens).size).toBe(2)
    device.closeTabs()
    await site.close()
  })
})

describe('the fetch of the client', () => {
  it('sends the token to the origin of the gateway and to named ones only', async () => {
    const seen: string[] = []
    const server = createDevice('https://auth.example.com/graphql', {
      fetch: async () =>
        Response.json({
          data: {
            login: {
              __typename: 'AuthPayload',
              accessToken: 'token',
              refreshToken: 'next',
              expiresIn: 900,
              session: { id: 's' },
              user: { id: 'u' },
            },
          },
        }),
    })
    const auth = server.openTab()
    await auth.login({ email: 'ada@example.com', password: 'x' })
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const url = input instanceof Request ? input.url : String(input)
      seen.push(`${url} ${new Headers(init?.headers).get('authorization')}`)
      return new Response()
    }
    const send = createAuthFetch(auth, { fetch, origins: ['https://api.example.com'] })
    await send('https://auth.example.com/graphql')
    await send(new URL('https://api.example.com/posts'))
    await send('https://evil.example.com/graphql')
    await send('https://auth.example.com.evil.example.com/graphql')
    await send('https://auth.example.com/graphql', { headers: { authorization: 'Basic x' } })
    expect(seen).toEqual([
      'https://auth.example.com/graphql Bearer token',
      'https://api.example.com/posts Bearer token',
      'https://evil.example.com/graphql null',
      'https://auth.example.com.evil.example.com/graphql null',
      'https://auth.example.com/graphql Basic x',
    ])
    server.closeTabs()
  })
})
