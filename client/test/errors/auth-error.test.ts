import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { Client, cacheExchange, fetchExchange } from '@urql/core'
import { GraphQLClient } from 'graphql-request'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { AuthClientError, authError } from '../../src/index.ts'
import { newAddress } from '../../../test/support/gateway.ts'
import { RegisterDocument } from '../../../test/generated/graphql.ts'
import { startSite, type Site } from '../support/site.ts'

const VERIFY = 'mutation Verify($input: VerifyOtpInput!) { verifyOtp(input: $input) { __typename } }'
const REGISTER = 'mutation Register($input: RegisterInput!) { register(input: $input) { challengeId } }'
const ME = 'query Me { me { id } }'
/** A port without a server. */
const NOWHERE = 'http://127.0.0.1:9/graphql'

/** What each library throws for a document. */
const LIBRARIES: Readonly<
  Record<string, (url: string, text: string, variables?: object) => Promise<unknown>>
> = {
  'Apollo Client': (url, text, variables = {}) => {
    const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache() })
    const document = gql(text)
    const isQuery = text.startsWith('query')
    return isQuery ? client.query({ query: document }) : client.mutate({ mutation: document, variables })
  },
  urql: async (url, text, variables = {}) => {
    const client = new Client({ url, exchanges: [cacheExchange, fetchExchange], preferGetMethod: false })
    const isQuery = text.startsWith('query')
    const { error } = await (isQuery ? client.query(text, {}) : client.mutation(text, variables)).toPromise()
    return Promise.reject(error ?? new Error('no error'))
  },
  'graphql-request': (url, text, variables = {}) => new GraphQLClient(url).request(text, variables),
  fetch: async (url, query, variables = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query, variables }),
    })
    return Promise.reject((await response.json()) as Error)
  },
}

describe('authError', () => {
  let site: Site
  beforeAll(async () => void (site = await startSite()))
  afterAll(() => site.close())

  describe.each(Object.entries(LIBRARIES))('of %s', (_name, request) => {
    const readProblem = async (url: string, text: string, variables?: object) =>
      authError(await request(url, text, variables).catch((error: unknown) => error))

    it('reads the code, the text and the attempts left', async () => {
      const { register } = await site.gateway.ask(RegisterDocument, { input: { email: newAddress() } })
      const input = { challengeId: register.challengeId, purpose: 'VERIFY_EMAIL', code: '000000' }
      expect(await readProblem(site.proxy.url, VERIFY, { input })).toMatchObject({
        code: 'OTP_INVALID',
        message: expect.stringMatching(/code/),
        attemptsLeft: 4,
        isRetryable: false,
        fieldErrors: [],
      })
    })

    it('reads the problems of the input', async () => {
      const problem = await readProblem(site.proxy.url, REGISTER, { input: { email: 'no address' } })
      expect(problem).toMatchObject({
        code: 'BAD_USER_INPUT',
        fieldErrors: [{ code: 'INVALID_EMAIL', path: ['input', 'email'], message: expect.any(String) }],
      })
    })

    it('reads the reason of a refused token', async () => {
      const problem = await readProblem(site.proxy.url, ME)
      expect(problem).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' })
    })

    it('is NETWORK without a response, and can be tried again', async () => {
      expect(await readProblem(NOWHERE, ME)).toMatchObject({ code: 'NETWORK', isRetryable: true })
    })
  })

  it('is NETWORK for the page of an intermediary, with its status', async () => {
    for (const name of ['Apollo Client', 'urql', 'graphql-request']) {
      site.proxy.fail('Me', 'overloaded')
      const error = await LIBRARIES[name]?.(site.proxy.url, ME).catch((thrown: unknown) => thrown)
      expect(authError(error), name).toMatchObject({ code: 'NETWORK', status: 503 })
    }
  })

  it('reads the close of a WebSocket by the gateway', async () => {
    const client = createClient({
      url: site.address.replace('http', 'ws') + '/graphql',
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    })
    const closed = await new Promise((resolve) =>
      client.subscribe(
        { query: 'subscription { sessionEvents { kind } }' },
        { next: () => undefined, error: resolve, complete: () => undefined },
      ),
    )
    expect(authError(closed)).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' })
  })

  it('reads the seconds until a retry', () => {
    const extensions = { code: 'RATE_LIMITED', retryAfter: 7, limit: 5, remaining: 0 }
    const problem = authError({ errors: [{ message: 'Too many.', extensions }] })
    expect(problem).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 7, isRetryable: true, extensions })
  })

  it('returns errors of this package as they are', () => {
    const error = new AuthClientError({ ...(authError(new DOMException('', 'AbortError')) ?? never()) })
    expect(authError(error)).toBe(error)
    expect(authError(new Error('wrapped', { cause: error }))).toMatchObject({ code: 'NETWORK' })
  })

  it('is null for errors that are not those of a request', () => {
    for (const error of [
      null,
      undefined,
      'text',
      7,
      {},
      [],
      new Error('bug'),
      new TypeError('x is not a function'),
    ])
      expect(authError(error)).toBeNull()
  })
})

function never(): never {
  throw new Error('no problem')
}
