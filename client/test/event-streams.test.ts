import { ApolloClient, ApolloLink, InMemoryCache, Observable, gql } from '@apollo/client'
import { Client, fetchExchange, gql as parse, type OperationResult } from '@urql/core'
import { print } from 'graphql'
import { createClient } from 'graphql-sse'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { LogoutDocument } from '../../test/generated/graphql.ts'
import { EXTREMES, describeOn } from '../../test/support/backends.ts'
import { startGateway, type TestGateway } from '../../test/support/gateway.ts'
import { eventually } from '../../test/support/servers/processes.ts'

const SUBSCRIPTION = 'subscription { sessionEvents { kind reason } }'

describeOn(EXTREMES.slice(0, 1), 'a subscription over an event stream', (backend) => {
  let gateway: TestGateway
  let url: string
  let opened: number
  const countingFetch: typeof fetch = async (...request) => {
    const response = await fetch(...request)
    if (response.headers.get('content-type') === 'text/event-stream') opened += 1
    return response
  }
  beforeEach(async () => {
    opened = 0
    gateway = await startGateway(backend)
    url = `${await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })}/graphql`
  })
  afterEach(() => gateway.close())

  it('is opened by the fetch exchange of urql, which needs no library for it', async () => {
    const { accessToken } = await gateway.signUp()
    const client = new Client({
      url,
      exchanges: [fetchExchange],
      preferGetMethod: false,
      fetchSubscriptions: true,
      fetch: countingFetch,
      fetchOptions: { headers: { authorization: `Bearer ${accessToken}` } },
    })
    const me = await client.query(parse('{ me { id } }'), {}).toPromise()
    expect([me.error, typeof me.data]).toEqual([undefined, 'object'])
    const results: OperationResult[] = []
    const subscription = client
      .subscription(parse(SUBSCRIPTION), {})
      .subscribe((result) => void results.push(result))
    await eventually(async () => opened === 1)
    await gateway.ask(LogoutDocument, {}, accessToken)
    await eventually(async () => results.length > 0)
    expect(results[0]?.data).toEqual({ sessionEvents: { kind: 'ENDED', reason: 'LOGOUT' } })
    subscription.unsubscribe()
  })

  it('is opened by an Apollo link around the client of graphql-sse', async () => {
    const { accessToken } = await gateway.signUp()
    const headers = { authorization: `Bearer ${accessToken}` }
    const sse = createClient({ url, headers, fetchFn: countingFetch })
    const link = new ApolloLink(
      ({ query, variables, operationName }) =>
        new Observable((observer) =>
          sse.subscribe(
            { query: print(query), variables, ...(operationName && { operationName }) },
            {
              next: ({ data = null }) => observer.next({ data }),
              error: (error) => observer.error(error),
              complete: () => observer.complete(),
            },
          ),
        ),
    )
    const client = new ApolloClient({ link, cache: new InMemoryCache() })
    const { data: me } = await client.query({ query: gql('{ me { id } }') })
    expect(me).toMatchObject({ me: { __typename: 'User' } })
    const events: unknown[] = []
    const subscription = client
      .subscribe({ query: gql(SUBSCRIPTION) })
      .subscribe(({ data }) => void events.push(data))
    await eventually(async () => opened === 2)
    await gateway.ask(LogoutDocument, {}, accessToken)
    await eventually(async () => events.length > 0)
    expect(events).toMatchObject([{ sessionEvents: { kind: 'ENDED', reason: 'LOGOUT' } }])
    subscription.unsubscribe()
    sse.dispose()
  })
})
