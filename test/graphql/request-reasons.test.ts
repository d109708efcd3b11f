import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { REQUEST_REASONS, type RequestReason } from '../../src/core/request-errors.ts'
import { RESPONSES } from '../../src/locales/index.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

interface Sent {
  readonly method?: 'GET' | 'POST'
  readonly url?: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
}

const PREFLIGHT = { 'apollo-require-preflight': '1' }
const QUERY = '%7B__typename%7D'
const WRONG_SHA = { version: 1, sha256Hash: '0'.repeat(64) }

/** A request for each reason; the two of sockets are in `session-events.test.ts`. */
const MISTAKES: readonly (readonly [RequestReason, string, Sent])[] = [
  ['PREFLIGHT_REQUIRED', 'a GET without a header', { method: 'GET', url: `/graphql?query=${QUERY}` }],
  [
    'POST_REQUIRED',
    'a mutation by GET',
    { method: 'GET', url: '/graphql?query=mutation%7Blogout%7BmessageKey%7D%7D', headers: PREFLIGHT },
  ],
  ['BATCH_NOT_SUPPORTED', 'a list of operations', { body: [{ query: '{ __typename }' }] }],
  ['BATCH_NOT_SUPPORTED', 'an empty list', { body: [] }],
  ['BODY_REQUIRED', 'an empty object', { body: {} }],
  ['INVALID_JSON', 'text that is not JSON', { body: '{"query"' }],
  ['QUERY_REQUIRED', 'an object without a document', { body: { variables: {} } }],
  ['QUERY_REQUIRED', 'a GET without a document', { method: 'GET', url: '/graphql?a=b', headers: PREFLIGHT }],
  ['QUERY_NOT_TEXT', 'a parsed document', { body: { query: { kind: 'Document', definitions: [] } } }],
  ['QUERY_NOT_TEXT', 'a number as document', { body: { query: 5 } }],
  ['VARIABLES_NOT_OBJECT', 'variables as text', { body: { query: '{ __typename }', variables: '{}' } }],
  ['VARIABLES_NOT_OBJECT', 'variables as a list', { body: { query: '{ __typename }', variables: [] } }],
  [
    'VARIABLES_NOT_OBJECT',
    'variables of a GET that are not JSON',
    { method: 'GET', url: `/graphql?query=${QUERY}&variables=a`, headers: PREFLIGHT },
  ],
  ['EXTENSIONS_NOT_OBJECT', 'extensions as text', { body: { query: '{ __typename }', extensions: '{}' } }],
  ['OPERATION_NAME_NOT_TEXT', 'a number as name', { body: { query: '{ __typename }', operationName: 1 } }],
  [
    'PARAMETER_REPEATED',
    'two documents in a URL',
    { method: 'GET', url: `/graphql?query=${QUERY}&query=${QUERY}`, headers: PREFLIGHT },
  ],
  [
    'CONTENT_TYPE_OF_GET',
    'a GET with a form',
    {
      method: 'GET',
      url: `/graphql?query=${QUERY}`,
      headers: { ...PREFLIGHT, 'content-type': 'application/x-www-form-urlencoded' },
    },
  ],
  [
    'NOT_ACCEPTABLE',
    'Accept: text/plain',
    { body: { query: '{ __typename }' }, headers: { accept: 'text/plain' } },
  ],
  [
    'PERSISTED_QUERY_MISMATCH',
    'a document with another id',
    { body: { query: '{ __typename }', extensions: { persistedQuery: WRONG_SHA } } },
  ],
  [
    'PERSISTED_QUERY_INVALID',
    'another version of persisted queries',
    { body: { query: '{ __typename }', extensions: { persistedQuery: { ...WRONG_SHA, version: 2 } } } },
  ],
  [
    'SUBSCRIPTION_OVER_HTTP',
    'a subscription by POST',
    { body: { query: 'subscription { sessionEvents { kind } }' } },
  ],
]
const OF_SOCKETS: readonly RequestReason[] = ['HTTP_REQUIRED', 'TOO_MANY_SUBSCRIPTIONS']

describe.each(['development', 'production'])(
  'a request that is not GraphQL over HTTP, in %s',
  (environment) => {
    let gateway: TestGateway
    beforeAll(async () => {
      const production = { GATEWAY_SECRET: 'x8Fq2mPz4Lr7Tn1Vb6Ks9Hd3Wc5Yg0Ja', PERSISTED_QUERIES: 'on' }
      const [backend] = BACKENDS as readonly [Backend]
      gateway = await startGateway(backend, {
        NODE_ENV: environment,
        ...(environment === 'production' && production),
      })
    })
    afterAll(() => gateway.close())

    async function send({ method = 'POST', url = '/graphql', headers, body }: Sent) {
      const response = await gateway.app.http.app.inject({
        method,
        url,
        headers: { ...(method === 'POST' && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const { errors } = response.json<{
        errors: [{ message: string; extensions: Record<string, unknown> }]
      }>()
      return { status: response.statusCode, error: errors[0], text: response.body }
    }

    it.each(MISTAKES)('has the reason %s and its cure for %s', async (reason, _title, sent) => {
      const { status, error } = await send(sent)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(error.extensions).toEqual({ code: 'BAD_REQUEST', messageKey: `BAD_REQUEST_${reason}`, reason })
      expect(error.message).toBe(RESPONSES.en.requestReasons[reason])
    })

    it('has a test for each reason', () => {
      const tested = new Set([...MISTAKES.map(([reason]) => reason), ...OF_SOCKETS])
      expect([...tested].toSorted()).toEqual(Object.keys(REQUEST_REASONS).toSorted())
    })

    it('names no value of the request', async () => {
      for (const [, , sent] of MISTAKES)
        expect(
          (await send({ ...sent, headers: { ...sent.headers, 'x-canary': 'canary' } })).text,
        ).not.toContain('canary')
      const { text } = await send({ body: '{"canary"' })
      expect(text).not.toContain('canary')
    })
  },
)
