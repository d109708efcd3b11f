import { getIntrospectionQuery } from 'graphql'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { DOCUMENT_LIMITS } from '../../src/graphql/guards/document-limits.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { LogoutDocument, RegisterDocument } from '../generated/graphql.ts'

const [backend] = BACKENDS as readonly [Backend]
const repeat = (count: number, write: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => write(i))

const FIELDS = ['id', 'email', 'phone', 'fullName', 'status', 'roles', 'createdAt']

describe('the guards of a gateway', () => {
  let gateway: TestGateway
  let production: TestGateway
  let token: string
  beforeAll(async () => {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', NODE_ENV: 'development' })
    production = await startGateway(backend, { NODE_ENV: 'production' })
    token = (await gateway.signUp()).accessToken
  })
  afterAll(async () => {
    await gateway.close()
    await production.close()
  })

  const post = (payload: unknown) =>
    gateway.app.http.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(payload),
    })

  it('report the limit and the requested amount, in production too, and repeat nothing of the document (SR-098, SR-100)', async () => {
    const query = `{ me { ${repeat(DOCUMENT_LIMITS.aliases + 1, (i) => `canary${i}: id`).join(' ')} } }`
    for (const node of [gateway, production]) {
      const response = await node.sendText(query)
      expect([response.status, response.errors]).toEqual([
        400,
        [
          {
            message: 'The operation has 16 aliases; the limit is 15.',
            locations: [{ line: 1, column: 1 }],
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED', messageKey: 'GRAPHQL_VALIDATION_FAILED' },
          },
        ],
      ])
    }
  })

  it.each([
    ['tokens', (count: number) => `{ me { ${repeat(count - 5, (i) => FIELDS[i % 7] ?? '').join(' ')} } }`],
    // They are kept with the document.
    ['comments', (count: number) => `{ me { id } }\n${'#\n'.repeat(count)}`],
  ])('accept documents of 1,000 %s and reject longer ones (SR-100)', async (_, build) => {
    const ask = (count: number) => gateway.sendText(build(count), {}, { token })
    expect((await ask(DOCUMENT_LIMITS.tokens)).code).toBeUndefined()
    const rejected = await ask(DOCUMENT_LIMITS.tokens + 1)
    expect([rejected.status, rejected.code, rejected.errors[0]?.message]).toEqual([
      400,
      'GRAPHQL_VALIDATION_FAILED',
      'The document exceeds the limit of 1000 tokens.',
    ])
  })

  it('accept lists of 100 items in variables and reject longer ones, at any depth (SR-100)', async () => {
    const ask = (variables: Record<string, unknown>) =>
      gateway.sendText('{ me { id } }', variables, { token })
    expect((await ask({ a: repeat(100, String), b: [{ c: repeat(100, String) }] })).code).toBeUndefined()
    for (const variables of [{ a: repeat(101, String) }, { a: [{ b: { c: [repeat(101, String)] } }] }]) {
      const rejected = await ask(variables)
      expect([rejected.status, rejected.code, rejected.errors[0]?.message]).toEqual([
        400,
        'BAD_USER_INPUT',
        'A list has 101 items; the limit is 100.',
      ])
    }
  })

  it.each([
    ['5,000 aliases', `{ ${repeat(5000, (i) => `a${i}: __typename`).join(' ')} }`],
    [
      '5,000 guesses',
      `mutation { ${repeat(1000, (i) => `a${i}: verifyOtp(input: { code: "${i}" }) { __typename }`).join(' ')} }`,
    ],
    [
      'exponential fragments',
      `{ me { ...F0 } } ${repeat(70, (i) => `fragment F${i} on User { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F70 on User { a: id }`,
    ],
    ['cyclic fragments', '{ me { ...A } } fragment A on User { ...B } fragment B on User { ...A }'],
    ['a fragment that spreads itself', '{ me { ...A } } fragment A on User { ...A id }'],
    ['one field 990 times', `{ me { ${'id '.repeat(990)} } }`],
    ['conflicting fields', `{ me { ${repeat(240, () => 'a: id a: email').join(' ')} } }`],
    ['deep nesting', `${'{ me '.repeat(330)}${'}'.repeat(330)}`],
    ['a deep literal', `{ post(id: ${'['.repeat(480)}${']'.repeat(480)}) { id } }`],
    ['directives', `{ me { id ${'@include(if: true) '.repeat(160)} } }`],
  ])('reject %s within a second and without an internal error (SR-082, SR-100)', async (_name, query) => {
    const started = performance.now()
    const response = await gateway.sendText(query)
    expect(performance.now() - started).toBeLessThan(1000)
    expect([response.status < 500, response.code]).toEqual([
      true,
      expect.stringMatching(/^(GRAPHQL_VALIDATION_FAILED|UNAUTHENTICATED)$/),
    ])
  })

  it('reject batches of operations (SR-099)', async () => {
    const query = '{ __typename }'
    for (const body of [[{ query }], [{ query }, { query }], []]) {
      const response = await post(body)
      expect([response.statusCode, response.body.includes('"data"')]).toEqual([400, false])
    }
  })

  it('reject an operation with two guesses before it executes (SR-082, SR-098)', async () => {
    const email = newAddress()
    const { register } = await gateway.ask(RegisterDocument, { input: { email, password: PASSWORD } })
    const { challengeId } = register
    const code = register.otpCode ?? ''
    const guess = (alias: string, digits: string) =>
      `${alias}: verifyOtp(input: { challengeId: "${challengeId}", purpose: VERIFY_EMAIL, code: "${digits}" }) { __typename }`
    const login = `login(input: { email: "${email}", password: "x" }) { __typename }`
    for (const query of [
      `mutation { ${guess('a', '000000')} ${guess('b', code)} }`,
      `mutation { ${repeat(12, (i) => guess(`a${i}`, code)).join(' ')} }`,
      `mutation { ...A ... { ${guess('b', code)} } } fragment A on Mutation { ${guess('a', '000000')} }`,
      `mutation { a: ${login} b: ${login} }`,
      `mutation { ${login} ${guess('b', code)} }`,
    ]) {
      const rejected = await gateway.sendText(query)
      expect([rejected.status, rejected.code, rejected.data]).toEqual([
        400,
        'GRAPHQL_VALIDATION_FAILED',
        undefined,
      ])
    }
    // Meta fields are no guesses.
    const passed = await gateway.sendText(`mutation { __typename ${guess('a', code)} }`)
    expect([passed.code, passed.data?.['__typename']]).toEqual([undefined, 'Mutation'])
  })

  it('allow introspection in development; in production no response reveals the schema (SR-102)', async () => {
    const development = await gateway.sendText(getIntrospectionQuery())
    expect([development.status, development.code]).toEqual([200, undefined])
    for (const query of [
      getIntrospectionQuery(),
      '{ __schema { queryType { name } } }',
      '{ a: __type(name: "User") { name } }',
      '{ ...A } fragment A on Query { __schema { types { name } } }',
      '{ mee { id } }',
      '{ me { emial } }',
      'mutation { loginn { id } }',
      '{ post(idd: "x") { id } }',
      '{ me { id } ... on Usr { id } }',
    ]) {
      const response = await production.sendText(query)
      expect([response.status, response.code]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED'])
      expect(response.text).not.toMatch(/did you mean|Query|User|login|email|introspection/i)
    }
    const page = { method: 'GET', url: '/graphql', headers: { accept: 'text/html' } } as const
    expect((await production.app.http.app.inject(page)).body).not.toMatch(/<html|graphiql|sandbox/i)
  })

  it('apply to WebSockets as to HTTP (SR-098, SR-100)', async () => {
    const own = await gateway.signUp()
    await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const address = gateway.app.http.app.server.address()
    const client = createClient({
      url: `ws://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${own.accessToken}` },
      retryAttempts: 0,
    })
    const ask = (query: string, variables: Record<string, unknown> = {}) =>
      new Promise<string>((done) => {
        const report = (result: unknown) => done(JSON.stringify(result))
        client.subscribe(
          { query, variables },
          { next: report, error: report, complete: () => done('complete') },
        )
      })
    const kinds = (count: number) =>
      `subscription { sessionEvents { ${repeat(count, (i) => `a${i}: kind`).join(' ')} } }`
    expect(await ask(kinds(16))).toMatch(/16 aliases; the limit is 15.*GRAPHQL_VALIDATION_FAILED/)
    expect(await ask(`subscription { sessionEvents { ${'kind '.repeat(200)} } }`)).toMatch(
      /limit of 200 tokens.*GRAPHQL_VALIDATION_FAILED/,
    )
    expect(await ask(kinds(1), { a: repeat(101, String) })).toMatch(/101 items.*BAD_USER_INPUT/)
    const passed = ask(kinds(15), { a: repeat(100, String) })
    await ask('subscription { no }')
    await gateway.ask(LogoutDocument, {}, own.accessToken)
    expect(await passed).toContain('"a14":"ENDED"')
    await client.dispose()
  })
})
