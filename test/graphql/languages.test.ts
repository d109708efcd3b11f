import { SILENT_LOGGER } from '../support/silent-logger.ts'
import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { schemaWithoutServices } from '../../scripts/print-schema.ts'
import { AuthError, ERROR_CODES, type ErrorCode } from '../../src/core/errors.ts'
import { OUTCOMES } from '../../src/core/outcomes.ts'
import { readAccessTable } from '../../src/graphql/schema/access.ts'
import { createErrorFormatter } from '../../src/graphql/errors.ts'
import { RESPONSES_KO } from '../../src/locales/ko/responses.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import {
  newAddress,
  normalizeResponse,
  startGateway,
  type Answer,
  type TestGateway,
} from '../support/gateway.ts'

const [backend] = BACKENDS as readonly [Backend]
const HEADERS = { 'accept-language': 'fr-CH, ko-KR;q=0.9, en;q=0.8' }
const REGISTER = `mutation ($email: String!) { register(input: { email: $email }) { messageKey message challengeId otpCode } }`

describe('answers in Korean', () => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })))
  afterAll(() => gateway.close())

  const ask = (query: string, variables: Record<string, unknown> = {}, token?: string) =>
    gateway.sendText(query, variables, { headers: HEADERS, token })

  function expectKorean({ errors, headers }: Answer<unknown>, code: string, message: string): void {
    expect(
      errors.map(({ message, extensions }) => [extensions.code, extensions['messageKey'], message]),
    ).toEqual([[code, code, message]])
    expect(headers['content-language']).toBe('ko')
    expect(headers['vary']).toContain('Accept-Language')
  }

  it('refuse in Korean, with the code and the key as ever', async () => {
    expectKorean(await ask('{ me { id } }'), 'UNAUTHENTICATED', '로그인이 필요합니다.')
    const login = 'mutation { login(input: { email: "a@example.com", password: "x" }) { __typename } }'
    expectKorean(await ask(login), 'INVALID_CREDENTIALS', RESPONSES_KO.refusals.INVALID_CREDENTIALS)
    expectKorean(await ask('{'), 'GRAPHQL_PARSE_FAILED', RESPONSES_KO.requests.GRAPHQL_PARSE_FAILED)
    const variables = 'query ($id: ID!) { post(id: $id) { id } }'
    expectKorean(await ask(variables), 'BAD_USER_INPUT', RESPONSES_KO.requests.BAD_USER_INPUT)
    const aliases = Array.from({ length: 16 }, (_, index) => `a${index}: id`).join(' ')
    const limit = '작업의 별칭이 16개입니다. 한도는 15개입니다.'
    expectKorean(await ask(`{ me { ${aliases} } }`), 'GRAPHQL_VALIDATION_FAILED', limit)
    const long = await ask(`{ ${'me '.repeat(1000)} }`)
    expectKorean(long, 'GRAPHQL_VALIDATION_FAILED', '문서의 토큰이 한도인 1000개를 초과합니다.')
  })

  it('keep what is for developers in English: problems of fields, and the words of a protocol', async () => {
    const answer = await ask('mutation { register(input: { email: "x" }) { messageKey } }')
    expectKorean(answer, 'BAD_USER_INPUT', RESPONSES_KO.refusals.BAD_USER_INPUT)
    const problem = { code: 'INVALID_EMAIL', message: expect.stringMatching(/^[ -~]+$/) as string }
    expect(answer.errors[0]?.extensions['fieldErrors']).toMatchObject([problem])
    expect(JSON.stringify(answer.errors[0]?.extensions)).not.toMatch(/[가-힣]/)
  })

  it('say in Korean what went well', async () => {
    const said = new Map<string, unknown>()
    const outcome = async (text: string, variables = {}, token?: string) => {
      const answer = await ask(text, variables, token)
      const [payload] = Object.values(answer.data ?? {}) as Record<string, string>[]
      if (!payload) throw new Error(answer.text)
      expect(answer.headers['content-language']).toBe('ko')
      said.set(payload['messageKey'] ?? '', payload['message'])
      return payload
    }
    const email = newAddress()
    const { challengeId, otpCode } = await outcome(REGISTER, { email })
    const AUTH = '... on AuthPayload { messageKey message accessToken refreshToken }'
    const { refreshToken } = await outcome(
      `mutation ($id: ID!, $code: String!) { verifyOtp(input: { challengeId: $id, purpose: VERIFY_EMAIL, code: $code }) { ${AUTH} } }`,
      { id: challengeId, code: otpCode },
    )
    await outcome(`mutation ($t: String!) { refresh(refreshToken: $t) { ${AUTH} } }`, { t: refreshToken })
    const { email: other, password } = await gateway.signUp()
    const { accessToken: token } = await outcome(
      `mutation ($e: String!, $p: String!) { login(input: { email: $e, password: $p }) { ${AUTH} } }`,
      { e: other, p: password },
    )
    await outcome('mutation { revokeOtherSessions { messageKey message } }', {}, token)
    const { data } = await ask(
      'mutation { createPost(input: { title: "x", content: "x" }) { id } }',
      {},
      token,
    )
    const post = data?.['createPost'] as { id: string }
    await outcome('mutation ($id: ID!) { deletePost(id: $id) { messageKey message } }', post, token)
    const again = await gateway.sendText(
      `mutation ($e: String!, $p: String!) { login(input: { email: $e, password: $p }) { ... on AuthPayload { session { id } } } }`,
      { e: other, p: password },
    )
    const { session } = again.data?.['login'] as { session: { id: string } }
    await outcome('mutation ($id: ID!) { revokeSession(id: $id) { messageKey message } }', session, token)
    await outcome('mutation { logout { messageKey message } }', {}, token)
    expect(said.size).toBe(8)
    expect(RESPONSES_KO.outcomes).toMatchObject(Object.fromEntries(said))
  })

  it('are each in the language of their own request, however many there are at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const headers = { 'accept-language': index % 2 === 0 ? 'ko' : 'en' }
        const { errors } = await gateway.sendText('{ me { id } }', {}, { headers })
        return errors[0]?.message
      }),
    )
    for (const [index, message] of answers.entries())
      expect(message).toBe(index % 2 === 0 ? '로그인이 필요합니다.' : 'Authentication required.')
  })

  it('name no language where nothing was said to people', async () => {
    const answer = await ask('{ __typename }')
    expect(answer.headers['content-language']).toBeUndefined()
    expect(answer.headers['vary']).toContain('Accept-Language')
  })

  it('tell a taken address from a free one no more than in English (SR-011, SR-078)', async () => {
    const { email } = await gateway.signUp()
    gateway.passTime(61_000)
    expect(normalizeResponse(await ask(REGISTER, { email }))).toBe(
      normalizeResponse(await ask(REGISTER, { email: newAddress() })),
    )
  })

  it('are JSON in Korean outside GraphQL too', async () => {
    const refusal = async (url: string, method: 'GET' | 'PUT' = 'GET') => {
      const response = await gateway.app.http.app.inject({ method, url, headers: HEADERS })
      const { errors } = response.json<{ errors: [{ message: string; extensions: { code: string } }] }>()
      expect(response.headers).toMatchObject({ 'content-language': 'ko' })
      expect(response.headers['vary']).toContain('Accept-Language')
      return [errors[0].extensions.code, errors[0].message]
    }
    expect(await refusal('/nowhere')).toEqual(['NOT_FOUND', RESPONSES_KO.http.NOT_FOUND])
    expect(await refusal('/graphql', 'PUT')).toEqual([
      'METHOD_NOT_ALLOWED',
      RESPONSES_KO.http.METHOD_NOT_ALLOWED,
    ])
    expect(await refusal('/%')).toEqual(['BAD_REQUEST', RESPONSES_KO.http.BAD_REQUEST])
  })
})

describe('a socket', () => {
  it('speaks the language that its handshake asked for', async () => {
    const gateway = await startGateway(backend)
    const { accessToken } = await gateway.signUp()
    const address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const url = `${address.replace('http', 'ws')}/graphql`
    const socket = new WebSocket(url, 'graphql-transport-ws', { headers: HEADERS })
    const send = (message: object) => socket.send(JSON.stringify(message))
    socket.on('open', () =>
      send({ type: 'connection_init', payload: { authorization: `Bearer ${accessToken}` } }),
    )
    const refusal = await new Promise<string>((resolve) =>
      socket.on('message', (data: Buffer) => {
        const { type } = JSON.parse(data.toString()) as { type: string }
        if (type === 'connection_ack')
          send({ type: 'subscribe', id: '1', payload: { query: '{ me { id } }' } })
        else resolve(data.toString())
      }),
    )
    expect(JSON.parse(refusal)).toMatchObject({
      type: 'error',
      payload: [{ message: RESPONSES_KO.requests.BAD_REQUEST, extensions: { code: 'BAD_REQUEST' } }],
    })
    socket.close()
    await gateway.close()
  })
})

describe('the default language', () => {
  it('is used where none was requested, and where none can be requested', async () => {
    const gateway = await startGateway(backend, { DEFAULT_LANGUAGE: 'ko' })
    expect((await gateway.sendText('{ me { id } }')).errors[0]?.message).toBe('로그인이 필요합니다.')
    const headers = { 'accept-language': 'en' }
    const english = await gateway.sendText('{ me { id } }', {}, { headers })
    expect([english.errors[0]?.message, english.headers['content-language']]).toEqual([
      'Authentication required.',
      'en',
    ])
    // Refused before it is read as GraphQL.
    const url = '/graphql?query=%7B__typename%7D'
    expect((await gateway.app.http.app.inject({ url, headers })).body).toContain(
      RESPONSES_KO.requests.BAD_REQUEST,
    )
    await gateway.close()
  })
})

describe('texts', () => {
  it('are there for every refusal, also for a masked one', () => {
    const format = createErrorFormatter(SILENT_LOGGER, () => 'id', false)
    for (const code of Object.keys(ERROR_CODES) as ErrorCode[])
      expect(format({ message: 'x' }, new AuthError(code), 'ko').message).toBe(RESPONSES_KO.refusals[code])
    expect(format({ message: 'x' }, new Error('x'), 'ko').message).toBe(
      RESPONSES_KO.refusals.INTERNAL_SERVER_ERROR,
    )
  })

  it('stand beside every messageKey of the schema, for whoever may read the key', () => {
    const schema = schemaWithoutServices()
    const access = readAccessTable(schema)
    const types = Object.values(schema.getTypeMap()).filter(isObjectType)
    const keyed = types.filter((type) => type.getFields()['messageKey'])
    expect(keyed.length).toBeGreaterThan(6)
    for (const type of keyed) {
      expect(String(type.getFields()['message']?.type)).toBe('String!')
      expect(access[type.name]?.['message']).toBeDefined()
      expect(access[type.name]?.['message']).toBe(access[type.name]?.['messageKey'])
    }
  })

  it('are asked for by the compiler: every messageKey of a payload is an OutcomeKey', () => {
    const src = resolve(import.meta.dirname, '../../src')
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    )
    const declared = files.flatMap((name) =>
      [...readFileSync(join(src, name), 'utf8').matchAll(/\bmessageKey[!?]?: *([\w'"]+)/g)].map(
        ([, type = '']) => ({ name, type }),
      ),
    )
    const typed = declared.filter(({ type }) => /^[A-Z]/.test(type) || type === 'string')
    expect(typed.length).toBeGreaterThan(7)
    expect(typed.filter(({ type }) => type !== 'OutcomeKey')).toEqual([])
    const literals = declared.filter(({ type }) => /^['"]/.test(type)).map(({ type }) => type.slice(1, -1))
    expect(literals.length).toBeGreaterThan(5)
    expect(literals.filter((key) => !OUTCOMES.some((outcome) => outcome === key))).toEqual([])
  })
})
