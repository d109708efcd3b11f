import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { unavailable } from '../../src/core/errors.ts'
import {
  LONGEST_CACHED,
  createPersistedDocumentCache,
} from '../../src/graphql/documents/persisted-queries.ts'
import { BACKENDS, EXTREMES, describeOn, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const QUERY = '{ me { id email } }'

/** A request with a document, a digest or both. */
interface PersistedRequest {
  readonly query?: string
  readonly hash?: unknown
  readonly version?: unknown
  readonly token?: string
  readonly operationName?: string
}

async function ask(
  gateway: TestGateway,
  { query, hash, version = 1, token, operationName }: PersistedRequest,
) {
  const extensions =
    hash === undefined ? {} : { extensions: { persistedQuery: { version, sha256Hash: hash } } }
  const response = await gateway.app.http.app.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    payload: JSON.stringify({ query, operationName, ...extensions }),
  })
  const { data, errors } = response.json<{
    data?: Record<string, unknown> | null
    errors?: { extensions: { code: string } }[]
  }>()
  return { status: response.statusCode, data, code: errors?.[0]?.extensions.code, text: response.body }
}

describeOn(EXTREMES, 'automatic persisted queries', (backend) => {
  let gateway: TestGateway
  let token: string
  beforeAll(async () => {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })
    token = (await gateway.signUp()).accessToken
  })
  afterAll(() => gateway.close())

  it('are stored by their digest, for every node, for an hour (SR-114)', async () => {
    const hash = sha256(QUERY)
    expect(await ask(gateway, { hash, token })).toMatchObject({
      status: 200,
      code: 'PERSISTED_QUERY_NOT_FOUND',
    })
    expect((await ask(gateway, { query: QUERY, hash, token })).code).toBeUndefined()
    const sibling = await gateway.sibling()
    for (const node of [gateway, sibling])
      expect((await ask(node, { hash, token })).data).toMatchObject({ me: { id: expect.any(String) } })
    expect((await ask(sibling, { hash: `sha256:${hash}`, token })).code).toBeUndefined()
    await sibling.app.close()
    if (backend.store === 'redis') return // Redis has its own clock; the contract of the store covers expiry.
    gateway.passTime(60 * 60_000 + 1)
    expect((await ask(gateway, { hash })).code).toBe('PERSISTED_QUERY_NOT_FOUND')
  })

  it('are rejected under the digest of another document, and not stored (SR-114)', async () => {
    const good = '{ me { email } }'
    const wrong = await ask(gateway, { query: '{ me { id } }', hash: sha256(good) })
    expect([wrong.status, wrong.code, wrong.data]).toEqual([400, 'BAD_REQUEST', undefined])
    expect((await ask(gateway, { hash: sha256(good) })).code).toBe('PERSISTED_QUERY_NOT_FOUND')
  })

  it('are not stored if the document is rejected (SR-100, SR-114)', async () => {
    for (const query of [
      '{ no }',
      '{',
      `{ me { ${'id '.repeat(1000)} } }`,
      'mutation { login { id } logout { id } }',
    ]) {
      expect((await ask(gateway, { query, hash: sha256(query) })).status).toBe(400)
      expect((await ask(gateway, { hash: sha256(query) })).code).toBe('PERSISTED_QUERY_NOT_FOUND')
    }
  })

  it.each([
    [{ hash: 'x' }],
    [{ hash: 5 }],
    [{ hash: null }],
    [{ hash: { toString: 1, valueOf: 1 } }],
    [{ hash: [[[]]] }],
    [{ hash: sha256(QUERY).toUpperCase() }],
    [{ hash: sha256(QUERY), version: 2 }],
    [{ hash: sha256(QUERY), version: '1' }],
    [{ hash: '__proto__', query: QUERY }],
  ])('reject an extension such as %j as a bad request (SR-114)', async (sent) => {
    const response = await ask(gateway, sent)
    expect([response.status, response.code]).toEqual([400, 'BAD_REQUEST'])
  })
})

describe('the cache of persisted documents', () => {
  const entries = new Map<string, { value: string; ttlMs: number }>()
  const store = {
    get: async (keys: readonly string[]) => keys.map((key) => entries.get(key)?.value ?? null),
    set: async (key: string, value: string, ttlMs: number) => Boolean(entries.set(key, { value, ttlMs })),
    delete: async (keys: readonly string[]) => keys.forEach((key) => entries.delete(key)),
  }
  const cache = createPersistedDocumentCache(store)
  const toKey = (text: string) => `apq:${sha256(text)}`
  afterEach(() => entries.clear())

  it('has bounded entries, document lengths and lifetimes (SR-114)', async () => {
    for (let index = 0; index < 20_000; index += 1) await cache.set(toKey(`{ a${index} }`), `{ a${index} }`)
    expect(entries.size).toBeGreaterThan(4000)
    expect(entries.size).toBeLessThanOrEqual(4096)
    expect([...entries.keys()].every((key) => /^apq:\d{1,4}$/.test(key))).toBe(true)
    expect(new Set([...entries.values()].map(({ ttlMs }) => ttlMs))).toEqual(new Set([60 * 60_000]))
    entries.clear()
    const longest = 'x'.repeat(LONGEST_CACHED)
    await cache.set(toKey(longest), longest)
    await cache.set(toKey(`${longest}x`), `${longest}x`)
    expect([await cache.get(toKey(longest)), await cache.get(toKey(`${longest}x`))]).toEqual([
      longest,
      undefined,
    ])
  })

  it('returns only a document with the digest, for any content of the cache (SR-114)', async () => {
    await cache.set(toKey(QUERY), QUERY)
    expect(await cache.get(toKey(QUERY))).toBe(QUERY)
    for (const [key] of entries) entries.set(key, { value: '{ poisoned }', ttlMs: 1 })
    expect(await cache.get(toKey(QUERY))).toBeUndefined()
    await cache.delete(toKey(QUERY))
    expect(entries.size).toBe(0)
  })

  it('is empty while its store fails, without an error', async () => {
    const fail = () => Promise.reject(unavailable(new Error('away')))
    const broken = createPersistedDocumentCache({ get: fail, set: fail, delete: fail })
    expect([
      await broken.get(toKey(QUERY)),
      await broken.set(toKey(QUERY), QUERY),
      await broken.delete(toKey(QUERY)),
    ]).toEqual([undefined, undefined, undefined])
  })
})

describe('persisted queries', () => {
  const [backend] = BACKENDS as readonly [Backend]
  const query = '{ __typename }'

  it('are not required: full documents work while the store is unavailable', async () => {
    const down = await startGateway(backend, { STATE_STORE: 'redis', REDIS_URL: 'redis://127.0.0.1:1' })
    expect((await ask(down, { hash: sha256(query) })).code).toBe('PERSISTED_QUERY_NOT_FOUND')
    expect((await ask(down, { query, hash: sha256(query) })).data).toEqual({ __typename: 'Query' })
    await down.close()
  })

  it('can be disabled by PERSISTED_QUERIES=off', async () => {
    const gateway = await startGateway(backend, { PERSISTED_QUERIES: 'off' })
    expect((await ask(gateway, { query, hash: sha256(query) })).code).toBe('PERSISTED_QUERY_NOT_SUPPORTED')
    expect((await ask(gateway, { query })).data).toEqual({ __typename: 'Query' })
    await gateway.close()
  })
})
