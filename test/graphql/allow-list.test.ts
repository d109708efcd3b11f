import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { getIntrospectionQuery } from 'graphql'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { ConfigError, loadConfig } from '../../src/config/load-config.ts'
import { BACKENDS, removeFolder, temporaryFolder, type Backend } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const folder = temporaryFolder()
afterAll(() => removeFolder(folder))

/** The output of graphql-codegen for schema/operations. */
const generated = resolve(import.meta.dirname, '../generated/persisted-documents.json')
const documents = JSON.parse(readFileSync(generated, 'utf8')) as Record<string, string>

/** The generated text and digest of an operation of schema/operations. */
function findOperation(name: string): { text: string; hash: string } {
  const [key = '', text = ''] =
    Object.entries(documents).find(([, document]) => document.includes(` ${name}`)) ?? []
  return { text, hash: key.replace('sha256:', '') }
}

function writeManifest(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('a gateway with an allow-list of operations', () => {
  const [backend] = BACKENDS as readonly [Backend]
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway(backend, { PERSISTED_OPERATIONS: generated, NODE_ENV: 'development' })
  })
  afterAll(() => gateway.close())

  async function ask(body: object, token?: string) {
    const response = await gateway.app.http.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      payload: JSON.stringify(body),
    })
    const { data, errors } = response.json<{
      data?: Record<string, Record<string, unknown>> | null
      errors?: { message: string; extensions: { code: string } }[]
    }>()
    return { status: response.statusCode, data, code: errors?.[0]?.extensions.code, text: response.body }
  }
  const byHash = (hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } })

  async function signUp(): Promise<string> {
    const input = { email: newAddress(), password: PASSWORD }
    const { register } =
      (await ask({ ...byHash(findOperation('Register(').hash), variables: { input } })).data ?? {}
    const code = {
      challengeId: register?.['challengeId'],
      purpose: 'VERIFY_EMAIL',
      code: register?.['otpCode'],
    }
    const verify = findOperation('VerifyOtp(')
    const { data } = await ask({ query: verify.text, variables: { input: code } })
    return String(data?.['verifyOtp']?.['accessToken'])
  }

  it('accepts listed operations, sent by digest, in full, or both (SR-114)', async () => {
    const token = await signUp()
    const me = findOperation('Me')
    for (const body of [
      byHash(me.hash),
      byHash(`sha256:${me.hash}`),
      { query: me.text },
      { query: me.text, ...byHash(me.hash) },
    ])
      expect((await ask(body, token)).data).toMatchObject({ me: { id: expect.any(String) } })
  })

  it('rejects every other document, valid or not, and repeats nothing of it (SR-102, SR-114)', async () => {
    const me = findOperation('Me')
    for (const query of [
      '{ __typename }',
      `${me.text} `,
      getIntrospectionQuery(),
      '{ canary }',
      '{',
      'x'.repeat(90_000),
      `{ ${'a '.repeat(5000)} }`,
      'mutation { logout { messageKey } }',
    ]) {
      for (const body of [{ query }, { query, ...byHash(sha256(query)) }, { query, operationName: 'Me' }]) {
        const response = await ask(body)
        expect([response.status, response.code, response.data]).toEqual([
          400,
          'OPERATION_NOT_ALLOWED',
          undefined,
        ])
        expect(response.text).not.toContain('canary')
      }
      expect((await ask(byHash(sha256(query)))).code).toBe('PERSISTED_QUERY_NOT_FOUND')
    }
    expect(await ask({ query: me.text, ...byHash(sha256('{ __typename }')) })).toMatchObject({
      status: 400,
      code: 'BAD_REQUEST',
    })
    const url = `/graphql?query=${encodeURIComponent('{ __typename }')}`
    const headers = { 'apollo-require-preflight': 'true' }
    const get = await gateway.app.http.app.inject({ method: 'GET', url, headers })
    expect([get.statusCode, get.body]).toEqual([400, expect.stringContaining('OPERATION_NOT_ALLOWED')])
  })

  it('rejects them on WebSockets too (SR-114)', async () => {
    const token = await signUp()
    await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const address = gateway.app.http.app.server.address()
    const client = createClient({
      url: `ws://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    })
    const subscribe = (query: string) =>
      new Promise<string>((done) => {
        const report = (result: unknown) => done(JSON.stringify(result))
        client.subscribe({ query }, { next: report, error: report, complete: () => done('complete') })
      })
    const listed = subscribe(findOperation('SessionEvents').text)
    expect(await subscribe('subscription { sessionEvents { kind } }')).toContain('OPERATION_NOT_ALLOWED')
    expect((await ask(byHash(findOperation('Logout(').hash), token)).code).toBeUndefined()
    expect(await listed).toContain('ENDED')
    await client.dispose()
  })
})

describe('the setting PERSISTED_OPERATIONS', () => {
  const text = '{ me { id } }'
  const load = (path: string) =>
    loadConfig({
      variables: { PERSISTED_OPERATIONS: path },
      readFile: (file) => readFileSync(file, 'utf8'),
    })

  it('accepts bare digests and those that graphql-codegen writes', () => {
    for (const prefix of ['', 'sha256:']) {
      const path = writeManifest('good.json', JSON.stringify({ [prefix + sha256(text)]: text }))
      expect(load(path).server.persistedOperations).toEqual(new Map([[sha256(text), text]]))
    }
    expect(load(generated).server.persistedOperations?.size).toBe(Object.keys(documents).length)
  })

  it.each([
    ['that does not exist', null, 'a file that can be read'],
    ['that is not JSON', '{ canary', 'a JSON object'],
    ['that is a list', '["canary"]', 'a JSON object'],
    ['that is empty', '{}', 'at least one document'],
    ['with another digest', JSON.stringify({ [sha256(text)]: 'canary' }), 'its own SHA-256; entry 1 is not'],
    ['with SHA-1', `{ "${'a'.repeat(40)}": "canary" }`, 'its own SHA-256; entry 1 is not'],
    ['with a number', JSON.stringify({ [sha256(text)]: text, [sha256('1')]: 1 }), 'entry 2 is not'],
    ['with __proto__', '{ "__proto__": "canary" }', 'its own SHA-256; entry 1 is not'],
  ])(
    'fails the start for a file %s, with the name of the setting and without the content of the file',
    (name, content, expected) => {
      const path = content === null ? join(folder, 'none') : writeManifest(`bad ${name}.json`, content)
      let problems: readonly string[] = []
      try {
        load(path)
      } catch (error) {
        if (error instanceof ConfigError) problems = error.problems
      }
      expect(problems).toEqual([expect.stringMatching(/^PERSISTED_OPERATIONS: expected /)])
      expect(problems.join()).toContain(expected)
      expect(problems.join()).not.toContain('canary')
    },
  )
})
