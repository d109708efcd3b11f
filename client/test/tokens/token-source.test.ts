import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createMemoryTokenStorage,
  createTokenSource,
  TokenError,
  type TokenSourceOptions,
  type TokenStorage,
} from '../../src/tokens/index.ts'
import { ISSUE_TOKEN } from '../../src/tokens/issue-token.ts'
import { toTokenName } from '../../src/tokens/token-source.ts'
import { startGateway, type TestGateway } from '../../../test/support/gateway.ts'
import { RevokeApiKeyDocument, type CreateApiKeyMutation } from '../../../test/generated/graphql.ts'
import { createApiKey, isAccepted } from '../../../test/features/api-key-steps.ts'

describe('a token source', () => {
  let gateway: TestGateway
  let url: string
  let owner: string
  let key: CreateApiKeyMutation['createApiKey']
  let storage: TokenStorage
  beforeAll(async () => {
    gateway = await startGateway({ name: '', servers: [], database: 'sqlite', store: 'memory' })
    url = `${await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })}/graphql`
  })
  afterAll(() => gateway.close())
  beforeEach(async () => {
    owner = (await gateway.signUp()).accessToken
    key = await createApiKey(gateway, owner)
    storage = createMemoryTokenStorage()
  })

  /** A source and how often it has sent a request. */
  function open(options: Partial<TokenSourceOptions> = {}) {
    const fetch = vi.fn(globalThis.fetch)
    const { apiKey, apiSecret } = key
    const source = createTokenSource({ url, apiKey, apiSecret, storage, fetch, ...options })
    return { source, fetch }
  }

  it('returns a token that the gateway accepts, and the same for every call of a process', async () => {
    const { source, fetch } = open()
    const tokens = await Promise.all(Array.from({ length: 20 }, () => source.getToken()))
    tokens.push(await source.getToken())
    expect(new Set(tokens).size).toBe(1)
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(await isAccepted(gateway, tokens[0] ?? '')).toBe(true)
  })

  it('uses the token that another source has stored, unless it is of another key or for other scopes', async () => {
    const first = await open().source.getToken()
    const second = open()
    expect(await second.source.getToken()).toBe(first)
    expect(second.fetch).not.toHaveBeenCalled()
    const narrow = open({ scopes: ['account:read'] })
    expect(await narrow.source.getToken()).not.toBe(first)
    key = await createApiKey(gateway, owner)
    expect(await open().source.getToken()).not.toBe(first)
  })

  it('replaces a token shortly before it expires, by the lifetime that the gateway tells', async () => {
    // Any clock: only differences count.
    let now = 1_000_000
    storage = createMemoryTokenStorage(() => now)
    const { source, fetch } = open({ now: () => now })
    const first = await source.getToken()
    now += 14 * 60_000
    expect(await source.getToken()).toBe(first)
    now += 45_000
    expect(await source.getToken()).not.toBe(first)
    expect(fetch).toHaveBeenCalledTimes(2)
  })

  it('gets another token once a rejected one was invalidated, and keeps a newer one', async () => {
    const [one, two] = [open(), open()]
    const rejected = await one.source.getToken()
    expect(await two.source.getToken()).toBe(rejected)
    await one.source.invalidate(rejected)
    const next = await one.source.getToken()
    expect(next).not.toBe(rejected)
    // The other process notices later, and must not forget the newer token.
    await two.source.invalidate(rejected)
    expect(await two.source.getToken()).toBe(next)
  })

  it('rejects with the code of the gateway for a revoked key', async () => {
    await gateway.ask(RevokeApiKeyDocument, { id: key.apiKey }, owner)
    const failure = await open()
      .source.getToken()
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TokenError)
    expect(failure).toMatchObject({ code: 'INVALID_CREDENTIALS', isTemporary: false })
    expect(String(failure)).not.toContain(key.apiSecret)
  })

  it('returns a token within its margin while the gateway cannot be reached, and none that has expired', async () => {
    let now = Date.now()
    storage = createMemoryTokenStorage(() => now)
    let isDown = false
    const fetch: typeof globalThis.fetch = (...request) =>
      isDown ? Promise.reject(new TypeError('fetch failed')) : globalThis.fetch(...request)
    const { source } = open({ now: () => now, fetch })
    const first = await source.getToken()
    isDown = true
    now += 15 * 60_000 - 10_000
    expect(await source.getToken()).toBe(first)
    // Also if the storage has lost it.
    await storage.delete(toTokenName(url, key.apiKey, null))
    expect(await source.getToken()).toBe(first)
    now += 11_000
    await expect(source.getToken()).rejects.toMatchObject({ code: 'NETWORK_ERROR', isTemporary: true })
    isDown = false
    expect(await source.getToken()).not.toBe(first)
  })

  it('does not wait for a gateway that hangs', async () => {
    const fetch: typeof globalThis.fetch = (_url, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('timed out', 'TimeoutError')))
      })
    const { source } = open({ fetch, timeoutMs: 50 })
    await expect(source.getToken()).rejects.toMatchObject({ code: 'NETWORK_ERROR' })
  })

  it('reports a response that is not of a gateway', async () => {
    const fetch = async () => new Response('<html>', { status: 502 })
    await expect(open({ fetch }).source.getToken()).rejects.toThrow('no token, but status 502')
  })

  it.each(['http://gateway.example.com/graphql', 'ftp://localhost/graphql', 'http://localhost.example.com/'])(
    'does not send a secret to %s',
    (unsafe) => {
      expect(() => open({ url: unsafe })).toThrow('url: must begin with https://')
    },
  )

  it('allows http where the program asks for it', () => {
    expect(() => open({ url: 'http://gateway:4000/graphql', allowHttp: true })).not.toThrow()
  })

  it('sends the document of the committed operation, so that a list of allowed operations has it', () => {
    const manifest = join(import.meta.dirname, '../../../test/generated/persisted-documents.json')
    expect(Object.values(JSON.parse(readFileSync(manifest, 'utf8')) as object)).toContain(ISSUE_TOKEN)
  })

  it('names a token by a hash, which shows neither the key nor the gateway', () => {
    const name = toTokenName(url, key.apiKey, ['b', 'a'])
    expect(name).toMatch(/^[\w-]{43}$/)
    expect(name).toBe(toTokenName(url, key.apiKey, ['a', 'b', 'a']))
    expect(name).not.toBe(toTokenName(url, key.apiKey, null))
  })
})
