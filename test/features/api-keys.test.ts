import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newApiKeyId, newApiSecret } from '../../src/core/api-key-secrets.ts'
import { systemRandom } from '../../src/core/secrets.ts'
import { describeOnEveryBackend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import { ApiKeysDocument, CreateApiKeyDocument, RevokeApiKeyDocument } from '../generated/graphql.ts'
import { ALL_SCOPES, createApiKey, isAccepted, issueToken, tryIssue } from './api-key-steps.ts'

const HOUR = 3600_000

describeOnEveryBackend('API keys', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', API_KEYS_PER_USER: '3' })
  })
  afterAll(() => gateway.close())

  const revoke = (id: string, token: string) => gateway.send(RevokeApiKeyDocument, { id }, { token })

  it('are listed with their facts, without the secret, which the response to the creation alone has (SR-249)', async () => {
    const { accessToken } = await gateway.signUp()
    const expiresAt = new Date(gateway.now() + 30 * 24 * HOUR)
    const created = await createApiKey(gateway, accessToken, ['posts:read'], expiresAt)
    expect(created).toMatchObject({ messageKey: 'API_KEY_CREATED', apiKey: created.key.id })
    expect(created.apiSecret).toMatch(/^gws_[0-9A-Za-z]{49}$/)
    const response = await gateway.send(ApiKeysDocument, {}, { token: accessToken })
    expect(response.data?.apiKeys).toEqual([created.key])
    expect(created.key).toMatchObject({
      name: 'nightly report',
      prefix: created.apiSecret.slice(0, 8),
      scopes: ['posts:read'],
      lastUsedAt: null,
      expiresAt: expiresAt.toISOString(),
      revokedAt: null,
    })
    expect(response.text).not.toContain(created.apiSecret)
  })

  it('are stored without their secret (SR-249)', async () => {
    const { accessToken } = await gateway.signUp()
    const { apiKey, apiSecret } = await createApiKey(gateway, accessToken)
    const [row] = await gateway.sql<Record<string, unknown>>(`SELECT * FROM api_keys WHERE id = '${apiKey}'`)
    const stored = JSON.stringify(row)
    expect(stored).toContain(apiSecret.slice(0, 8))
    expect(stored).not.toContain(apiSecret.slice(8, 20))
  })

  it('are used to the hour (SR-249)', async () => {
    const { accessToken } = await gateway.signUp()
    const created = await createApiKey(gateway, accessToken)
    await issueToken(gateway, created)
    const { apiKeys } = await gateway.ask(ApiKeysDocument, {}, accessToken)
    const hour = new Date(Math.floor(gateway.now() / HOUR) * HOUR)
    expect(apiKeys.map(({ lastUsedAt }) => lastUsedAt)).toEqual([hour.toISOString()])
  })

  it('have one response for an unknown key, another secret, a revoked and a malformed one (SR-250)', async () => {
    const { accessToken } = await gateway.signUp()
    const [one, revoked] = [
      await createApiKey(gateway, accessToken),
      await createApiKey(gateway, accessToken),
    ]
    expect((await revoke(revoked.apiKey, accessToken)).data?.revokeApiKey).toEqual({
      messageKey: 'API_KEY_REVOKED',
      apiKeyId: revoked.apiKey,
    })
    const responses = await Promise.all([
      tryIssue(gateway, { apiKey: newApiKeyId(systemRandom), apiSecret: one.apiSecret }),
      tryIssue(gateway, { apiKey: one.apiKey, apiSecret: newApiSecret(systemRandom) }),
      tryIssue(gateway, { apiKey: one.apiKey, apiSecret: revoked.apiSecret }),
      tryIssue(gateway, revoked),
      tryIssue(gateway, { apiKey: randomUUID(), apiSecret: '' }),
    ])
    const texts = responses.map(({ text }) => text.replace(/,?"rateLimits":\[[^\]]*\]/, ''))
    expect(new Set(texts).size).toBe(1)
    expect(responses[0]?.errors[0]?.extensions).toMatchObject({
      code: 'INVALID_CREDENTIALS',
      reason: 'API_KEY_INVALID',
    })
  })

  it('get no token once they have expired, and none that outlives them (SR-251)', async () => {
    const { accessToken } = await gateway.signUp()
    const created = await createApiKey(gateway, accessToken, ALL_SCOPES, new Date(gateway.now() + 60_000))
    const token = await issueToken(gateway, created)
    expect(token.expiresIn).toBeLessThanOrEqual(60)
    gateway.passTime(61_000)
    expect((await tryIssue(gateway, created)).code).toBe('INVALID_CREDENTIALS')
    expect(await isAccepted(gateway, token.accessToken)).toBe(false)
  })

  it('are revoked with their tokens on every node, by their owner only (SR-251)', async () => {
    const { accessToken } = await gateway.signUp()
    const created = await createApiKey(gateway, accessToken)
    const token = (await issueToken(gateway, created)).accessToken
    const stranger = await gateway.signUp()
    expect((await revoke(created.apiKey, stranger.accessToken)).code).toBe('NOT_FOUND')
    const other = await gateway.sibling()
    const nodes = backend.store === 'memory' ? [gateway] : [gateway, other]
    for (const node of nodes) expect(await isAccepted(node, token)).toBe(true)
    await revoke(created.apiKey, accessToken)
    for (const node of nodes) expect(await isAccepted(node, token)).toBe(false)
    // A repeated call succeeds, and changes nothing.
    expect((await revoke(created.apiKey, accessToken)).code).toBeUndefined()
    await other.app.close()
  })

  it('have no accepted token after a revocation that races requests for tokens (SR-251)', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { accessToken } = await gateway.signUp()
      const created = await createApiKey(gateway, accessToken)
      const [, ...responses] = await Promise.all([
        revoke(created.apiKey, accessToken),
        ...Array.from({ length: 5 }, () => tryIssue(gateway, created)),
      ])
      for (const { data, code } of responses)
        if (data) expect(await isAccepted(gateway, data.issueToken.accessToken)).toBe(false)
        else expect(code).toBe('INVALID_CREDENTIALS')
      expect((await tryIssue(gateway, created)).code).toBe('INVALID_CREDENTIALS')
    }
  })

  it('give concurrent requests tokens that are all accepted (SR-251)', async () => {
    const { accessToken } = await gateway.signUp()
    const created = await createApiKey(gateway, accessToken)
    const tokens = await Promise.all(Array.from({ length: 10 }, () => issueToken(gateway, created)))
    expect(new Set(tokens.map((token) => token.accessToken)).size).toBe(10)
    const accepted = await Promise.all(tokens.map((token) => isAccepted(gateway, token.accessToken)))
    expect(accepted.every(Boolean)).toBe(true)
  })

  it('are limited in number for each account, exactly for concurrent creations (SR-252)', async () => {
    const { accessToken } = await gateway.signUp()
    const input = { name: 'one of many', scopes: ['posts:read'] }
    const responses = await Promise.all(
      Array.from({ length: 8 }, () => gateway.send(CreateApiKeyDocument, { input }, { token: accessToken })),
    )
    expect(responses.filter(({ data }) => data)).toHaveLength(3)
    expect(responses.find(({ code }) => code)?.errors[0]?.extensions).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      reason: 'TOO_MANY_API_KEYS',
      limit: 3,
    })
    const { apiKeys } = await gateway.ask(ApiKeysDocument, {}, accessToken)
    await revoke(apiKeys[0]?.id ?? '', accessToken)
    await createApiKey(gateway, accessToken)
  })

  it('notify the owner of their creation, with the id and without the secret (SR-253)', async () => {
    const { accessToken, email } = await gateway.signUp()
    const { apiKey, apiSecret } = await createApiKey(gateway, accessToken)
    const message = await eventually(
      async () => (await gateway.messagesTo(email)).find(({ text }) => text.includes(apiKey)) ?? false,
    )
    expect(message.subject).toBe('An API key was created')
    expect(message.text).not.toContain(apiSecret)
  })

  it('are created only shortly after a sign-in (SR-253)', async () => {
    const { accessToken, refreshToken } = await gateway.signUp()
    gateway.passTime(14 * 60_000)
    await createApiKey(gateway, accessToken)
    const refreshed = await gateway.sendText(
      'mutation ($token: String) { refresh(refreshToken: $token) { accessToken } }',
      { token: refreshToken },
    )
    gateway.passTime(2 * 60_000)
    const { refresh } = refreshed.data as { refresh: { accessToken: string } }
    const input = { name: 'late', scopes: ['posts:read'] }
    const late = await gateway.send(CreateApiKeyDocument, { input }, { token: refresh.accessToken })
    expect(late.code).toBe('REAUTHENTICATION_REQUIRED')
  })
})
