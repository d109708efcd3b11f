import { connect } from 'node:net'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { LoginDocument, RegisterDocument } from '../generated/graphql.ts'

describe('bad input', () => {
  let gateway: TestGateway
  let token: string
  beforeAll(async () => {
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], { RATE_LIMIT_SCALE: '1000' })
    token = (await gateway.signUp()).accessToken
  })
  afterAll(() => gateway.close())

  const raw = async (
    payload: string | Buffer,
    headers: Record<string, string> = { 'content-type': 'application/json' },
    method: 'POST' | 'GET' | 'PUT' = 'POST',
    url = '/graphql',
  ) => {
    const response = await gateway.app.http.app.inject({ method, url, headers, payload })
    return {
      status: response.statusCode,
      type: String(response.headers['content-type']),
      text: response.body,
    }
  }

  it.each([
    ['{', 400],
    ['', 400],
    ['null', 400],
    ['[]', 400],
    ['"text"', 400],
    ['{"query": 1}', 400],
    ['{"query": null}', 400],
    ['{"query": "{ me { id } }", "variables": "canary"}', 400],
    ['{"query": "{ me { id } }", "variables": [1]}', 400],
    ['{"query": "{"}', 400],
    ['{"query": "query A { me { id } } query B { me { id } }"}', 400],
    ['[{"query": "{ me { id } }"}]', 400],
    ['\ufeff{"query":"{__typename}"', 400],
    ['{"__proto__": {"polluted": true}, "query": "{ __typename }"}', 400],
    ['{"query": "{ __typename }", "constructor": {"prototype": {"polluted": true}}}', 400],
    [`{"query": "{ __typename }", "variables": ${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`, 400],
    [`{"query": "{ __typename }", "variables": ${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}}`, 200],
  ])(
    'the body %j is answered in JSON with status %d, and nothing is polluted (SR-111)',
    async (body, status) => {
      const answer = await raw(body)
      expect([answer.status, answer.type.includes('json')]).toEqual([status, true])
      const parsed = JSON.parse(answer.text) as { errors?: { extensions: { code: string } }[] }
      if (status === 400) expect(parsed.errors?.[0]?.extensions.code).toBeTypeOf('string')
      expect(answer.text).not.toContain('canary')
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    },
  )

  it('a body over 100 KB, another media type, an encoded body and an unknown path are rejected in JSON (SR-104)', async () => {
    const large = await raw(JSON.stringify({ query: '{ __typename }', pad: 'x'.repeat(100_001) }))
    const text = await raw('{ __typename }', { 'content-type': 'text/plain' })
    const form = await raw('query=%7B__typename%7D', { 'content-type': 'application/x-www-form-urlencoded' })
    const zipped = await raw(gzipSync('{"query":"{ __typename }"}'), {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    })
    const nowhere = await raw('', {}, 'GET', '/nowhere')
    const put = await raw('{}', { 'content-type': 'application/json' }, 'PUT')
    expect([large, text, form, zipped, nowhere, put].map(({ status }) => status)).toEqual([
      413, 415, 415, 415, 404, 405,
    ])
    for (const { type, text: body } of [large, text, form, zipped, nowhere, put]) {
      expect(type).toContain('application/json')
      expect(() => JSON.parse(body) as unknown).not.toThrow()
    }
  })

  it('a mutation by GET and a query by GET without a preflight are rejected (SR-106)', async () => {
    const mutation = await raw(
      '',
      { 'apollo-require-preflight': 'true' },
      'GET',
      `/graphql?query=${encodeURIComponent('mutation { logout { messageKey } }')}`,
    )
    const simple = await raw('', {}, 'GET', `/graphql?query=${encodeURIComponent('{ __typename }')}`)
    const allowed = await raw(
      '',
      { 'apollo-require-preflight': 'true' },
      'GET',
      `/graphql?query=${encodeURIComponent('{ __typename }')}`,
    )
    expect([mutation.status, simple.status, allowed.status]).toEqual([405, 400, 200])
  })

  it('bytes that are not HTTP close their connection only', async () => {
    const address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const socket = connect(Number(new URL(address).port), '127.0.0.1')
    socket.write('NONSENSE\r\n\r\n\0\0')
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    expect(chunk.toString()).toContain('400')
    socket.destroy()
    expect((await fetch(`${address}/livez`)).status).toBe(200)
  })

  it.each([
    ['{ me { passwordHash } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'mutation { register(input: { email: "a@example.com", role: "canary" }) { messageKey } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['mutation { register(input: { email: 42 }) { messageKey } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['mutation { register(input: "canary") { messageKey } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ posts(first: "canary") { totalCount } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ posts(first: 1.5) { totalCount } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ posts(first: 99999999999) { totalCount } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ me { id } } canary', 'GRAPHQL_PARSE_FAILED'],
  ])('%s returns %s without its values (SR-118, SR-119)', async (query, code) => {
    const answer = await gateway.sendText(query, {}, { token })
    expect([answer.code, answer.text.includes('canary')]).toEqual([code, false])
  })

  it.each([
    { input: { email: 'canary@example.com', password: ['canary'] } },
    { input: { email: { canary: 1 }, password: 'x' } },
    { input: { email: 'canary', password: 'x', extra: 'canary' } },
    { input: 'canary' },
    { input: null },
    {},
  ])('the variables %j return BAD_USER_INPUT without their values (SR-028)', async (variables) => {
    const answer = await gateway.sendText(
      'mutation ($input: LoginInput!) { login(input: $input) { __typename } }',
      variables,
    )
    expect([answer.code, answer.text.includes('canary')]).toEqual(['BAD_USER_INPUT', false])
  })

  it('short and huge passwords are rejected by field name without the value, and 64 emoji are accepted (SR-001, SR-002, SR-009)', async () => {
    const answers = await Promise.all(
      ['eleven char', '🔑'.repeat(11), 'x'.repeat(90_000), '🔑'.repeat(257)].map((password) =>
        gateway.send(RegisterDocument, { input: { email: newAddress(), password } }),
      ),
    )
    for (const answer of answers) {
      expect(answer.errors[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        fieldErrors: [{ path: ['input', 'password'], code: 'INVALID_LENGTH' }],
      })
      expect(answer.text).not.toContain('xxx')
    }
    const emoji = '🔑'.repeat(64)
    const person = await gateway.signUp(newAddress(), emoji)
    expect(
      (await gateway.send(LoginDocument, { input: { email: person.email, password: emoji } })).code,
    ).toBeUndefined()
    expect(
      (await gateway.send(LoginDocument, { input: { email: person.email, password: emoji.slice(2) } })).code,
    ).toBe('INVALID_CREDENTIALS')
  })

  it('exactly one of challengeId and email identifies a challenge', async () => {
    const query =
      'mutation ($id: ID, $email: String) { verifyOtp(input: { challengeId: $id, email: $email, code: "000000" }) { __typename } }'
    for (const variables of [{}, { id: 'x', email: 'a@example.com' }]) {
      expect((await gateway.sendText(query, variables)).errors[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        fieldErrors: [{ code: 'EXACTLY_ONE' }],
      })
    }
  })
})
