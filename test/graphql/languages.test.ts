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
import { createLanguages } from '../../src/locales/languages.ts'
import { RESPONSES_KO } from '../../src/locales/ko/responses.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import {
  newAddress,
  normalizeResponse,
  startGateway,
  type GraphqlResponse,
  type TestGateway,
} from '../support/gateway.ts'

const [backend] = BACKENDS as readonly [Backend]
const HEADERS = { 'accept-language': 'fr-CH, ko-KR;q=0.9, en;q=0.8' }
const REGISTER = `mutation ($email: String!) { register(input: { email: $email }) { messageKey message challengeId otpCode } }`

describe('responses in Korean', () => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })))
  afterAll(() => gateway.close())

  const ask = (query: string, variables: Record<string, unknown> = {}, token?: string) =>
    gateway.sendText(query, variables, { headers: HEADERS, token })

  function expectKorean({ errors, headers }: GraphqlResponse<unknown>, code: string, message: string): void {
    expect(
      errors.map(({ message, extensions }) => [extensions.code, extensions['messageKey'], message]),
    ).toEqual([[code, code, message]])
    expect(headers['content-language']).toBe('ko')
    expect(headers['vary']).toContain('Accept-Language')
  }

  it('have Korean error messages, with the usual code and messageKey', async () => {
    expectKorean(await ask('{ me { id } }'), 'UNAUTHENTICATED', '로그인이 필요합니다.')
    const login = 'mutation { login(input: { email: "a@example.com", password: "x" }) { __typename } }'
    expectKorean(await ask(login), 'INVALID_CREDENTIALS', RESPONSES_KO.refusals.INVALID_CREDENTIALS)
    expectKorean(await ask('{'), 'GRAPHQL_PARSE_FAILED', RESPONSES_KO.requests.GRAPHQL_PARSE_FAILED)
    const variables = 'query ($id: ID!) { post(id: $id) { id } }'
    expectKorean(await ask(variables), 'BAD_USER_INPUT', '변수 $id 값이 필요합니다.')
    const aliases = Array.from({ length: 16 }, (_, index) => `a${index}: id`).join(' ')
    const limit = '작업의 별칭이 16개입니다. 한도는 15개입니다.'
    expectKorean(await ask(`{ me { ${aliases} } }`), 'GRAPHQL_VALIDATION_FAILED', limit)
    const long = await ask(`{ ${'me '.repeat(1000)} }`)
    expectKorean(long, 'GRAPHQL_VALIDATION_FAILED', '문서의 토큰이 한도인 1000개를 초과합니다.')
  })

  it('have English field errors and protocol messages, which are for developers', async () => {
    const response = await ask('mutation { register(input: { email: "x" }) { messageKey } }')
    expectKorean(response, 'BAD_USER_INPUT', RESPONSES_KO.refusals.BAD_USER_INPUT)
    const problem = { code: 'INVALID_EMAIL', message: expect.stringMatching(/^[ -~]+$/) as string }
    expect(response.errors[0]?.extensions['fieldErrors']).toMatchObject([problem])
    expect(JSON.stringify(response.errors[0]?.extensions)).not.toMatch(/[가-힣]/)
  })

  it('have Korean messages of success', async () => {
    const messages = new Map<string, unknown>()
    const askForPayload = async (text: string, variables = {}, token?: string) => {
      const response = await ask(text, variables, token)
      const [payload] = Object.values(response.data ?? {}) as Record<string, string>[]
      if (!payload) throw new Error(response.text)
      expect(response.headers['content-language']).toBe('ko')
      messages.set(payload['messageKey'] ?? '', payload['message'])
      return payload
    }
    const email = newAddress()
    const { challengeId, otpCode } = await askForPayload(REGISTER, { email })
    const AUTH = '... on AuthPayload { messageKey message accessToken refreshToken }'
    const { refreshToken } = await askForPayload(
      `mutation ($id: ID!, $code: String!) { verifyOtp(input: { challengeId: $id, purpose: VERIFY_EMAIL, code: $code }) { ${AUTH} } }`,
      { id: challengeId, code: otpCode },
    )
    await askForPayload(`mutation ($t: String!) { refresh(refreshToken: $t) { ${AUTH} } }`, {
      t: refreshToken,
    })
    const { email: other, password } = await gateway.signUp()
    const { accessToken: token } = await askForPayload(
      `mutation ($e: String!, $p: String!) { login(input: { email: $e, password: $p }) { ${AUTH} } }`,
      { e: other, p: password },
    )
    await askForPayload('mutation { revokeOtherSessions { messageKey message } }', {}, token)
    const { data } = await ask(
      'mutation { createPost(input: { title: "x", content: "x" }) { id } }',
      {},
      token,
    )
    const post = data?.['createPost'] as { id: string }
    await askForPayload('mutation ($id: ID!) { deletePost(id: $id) { messageKey message } }', post, token)
    const again = await gateway.sendText(
      `mutation ($e: String!, $p: String!) { login(input: { email: $e, password: $p }) { ... on AuthPayload { session { id } } } }`,
      { e: other, p: password },
    )
    const { session } = again.data?.['login'] as { session: { id: string } }
    await askForPayload(
      'mutation ($id: ID!) { revokeSession(id: $id) { messageKey message } }',
      session,
      token,
    )
    await askForPayload('mutation { logout { messageKey message } }', {}, token)
    expect(messages.size).toBe(8)
    expect(RESPONSES_KO.outcomes).toMatchObject(Object.fromEntries(messages))
  })

  it('are each in the language of their own request, for 40 concurrent requests', async () => {
    const messages = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const headers = { 'accept-language': index % 2 === 0 ? 'ko' : 'en' }
        const { errors } = await gateway.sendText('{ me { id } }', {}, { headers })
        return errors[0]?.message
      }),
    )
    for (const [index, message] of messages.entries())
      expect(message).toBe(index % 2 === 0 ? '로그인이 필요합니다.' : 'Authentication required.')
  })

  it('have no Content-Language if they contain no message', async () => {
    const response = await ask('{ __typename }')
    expect(response.headers['content-language']).toBeUndefined()
    expect(response.headers['vary']).toContain('Accept-Language')
  })

  it('are the same for a taken address and a free one, as in English (SR-011, SR-078)', async () => {
    const { email } = await gateway.signUp()
    gateway.passTime(61_000)
    expect(normalizeResponse(await ask(REGISTER, { email }))).toBe(
      normalizeResponse(await ask(REGISTER, { email: newAddress() })),
    )
  })

  it('are JSON with Korean messages outside GraphQL too', async () => {
    const readError = async (url: string, method: 'GET' | 'PUT' = 'GET') => {
      const response = await gateway.app.http.app.inject({ method, url, headers: HEADERS })
      const { errors } = response.json<{ errors: [{ message: string; extensions: { code: string } }] }>()
      expect(response.headers).toMatchObject({ 'content-language': 'ko' })
      expect(response.headers['vary']).toContain('Accept-Language')
      return [errors[0].extensions.code, errors[0].message]
    }
    expect(await readError('/nowhere')).toEqual(['NOT_FOUND', RESPONSES_KO.http.NOT_FOUND])
    expect(await readError('/graphql', 'PUT')).toEqual([
      'METHOD_NOT_ALLOWED',
      RESPONSES_KO.http.METHOD_NOT_ALLOWED,
    ])
    expect(await readError('/%')).toEqual(['BAD_REQUEST', RESPONSES_KO.http.BAD_REQUEST])
  })
})

describe('a WebSocket', () => {
  it('gets messages in the language that its handshake requested', async () => {
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
      payload: [{ message: RESPONSES_KO.requestReasons.HTTP_REQUIRED, extensions: { code: 'BAD_REQUEST' } }],
    })
    socket.close()
    await gateway.close()
  })
})

describe('the default language', () => {
  it('is used if no language was requested, and if none can be requested', async () => {
    const gateway = await startGateway(backend, { DEFAULT_LANGUAGE: 'ko' })
    expect((await gateway.sendText('{ me { id } }')).errors[0]?.message).toBe('로그인이 필요합니다.')
    const headers = { 'accept-language': 'en' }
    const english = await gateway.sendText('{ me { id } }', {}, { headers })
    expect([english.errors[0]?.message, english.headers['content-language']]).toEqual([
      'Authentication required.',
      'en',
    ])
    // Rejected before it is parsed as GraphQL.
    const url = '/graphql?query=%7B__typename%7D'
    expect((await gateway.app.http.app.inject({ url, headers })).body).toContain(
      RESPONSES_KO.requestReasons.PREFLIGHT_REQUIRED,
    )
    await gateway.close()
  })
})

describe('messages', () => {
  it('exist for every error code, also for a masked error', () => {
    const format = createErrorFormatter(SILENT_LOGGER, () => 'id', false)
    const korean = createLanguages('ko').fallback
    for (const code of Object.keys(ERROR_CODES) as ErrorCode[])
      expect(format({ message: 'x' }, new AuthError(code), korean).message).toBe(RESPONSES_KO.refusals[code])
    expect(format({ message: 'x' }, new Error('x'), korean).message).toBe(
      RESPONSES_KO.refusals.INTERNAL_SERVER_ERROR,
    )
  })

  it('exist beside every messageKey of the schema, with the same access class', () => {
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

  it('are required by the compiler: every messageKey of a payload is an OutcomeKey', () => {
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
