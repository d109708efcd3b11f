import { afterEach, expect, it } from 'vitest'
import { toNetwork } from '../../src/core/network.ts'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { EVERY_STORE, describeOn } from '../support/backends.ts'
import { countCodes, sendInBatches } from '../support/batches.ts'
import {
  PASSWORD,
  newAddress,
  startGateway,
  type GraphqlResponse,
  type TestGateway,
} from '../support/gateway.ts'
import { CreatePostDocument, LoginDocument, RefreshDocument } from '../generated/graphql.ts'

const { login, createPost } = LIMITS

describeOn(EVERY_STORE, 'the limits of fields', (backend) => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0).reverse()) await gateway.close()
  })

  async function start(settings: Record<string, string> = {}): Promise<TestGateway> {
    const gateway = await startGateway(backend, settings)
    running.push(gateway)
    return gateway
  }
  const post = (gateway: TestGateway, token: string) =>
    gateway.send(CreatePostDocument, { input: { title: 'A title', content: 'x' } }, { token })
  const granted = (answers: readonly GraphqlResponse<unknown>[]) =>
    answers.filter(({ code }) => code !== 'RATE_LIMITED')

  it('allow exactly the maximum, of four times as many requests over two nodes, 20 at a time (SR-081)', async () => {
    const gateway = await start()
    const { accessToken } = await gateway.signUp()
    const sibling = backend.store === 'memory' ? gateway : await gateway.sibling()
    const answers = await sendInBatches(4 * createPost.max, (index) =>
      post(index % 2 ? sibling : gateway, accessToken),
    )
    expect(countCodes(answers)).toEqual({ OK: createPost.max, RATE_LIMITED: 3 * createPost.max })
    if (sibling !== gateway) await sibling.app.close()
  }, 60_000)

  it('count every alias and every fragment, not requests (SR-082)', async () => {
    const gateway = await start()
    const { accessToken } = await gateway.signUp()
    const create = 'createPost(input: { title: "A title", content: "x" }) { id }'
    const query = `mutation { ${Array.from({ length: 8 }, (_, index) => `a${index}: ${create}`).join(' ')} ...More } fragment More on Mutation { b: ${create} }`
    const { text } = await gateway.sendText(query, {}, { token: accessToken })
    const { extensions } = JSON.parse(text) as {
      extensions: { rateLimits: { path: string; remaining: number }[] }
    }
    expect(extensions.rateLimits).toHaveLength(9)
    expect(Math.min(...extensions.rateLimits.map(({ remaining }) => remaining))).toBe(createPost.max - 9)
  })

  it('return their status on success and on rejection, with the time to retry', async () => {
    const gateway = await start()
    const { accessToken } = await gateway.signUp()
    const first = await post(gateway, accessToken)
    const { extensions } = JSON.parse(first.text) as { extensions: { rateLimits: object[] } }
    expect(extensions.rateLimits).toEqual([
      {
        path: 'createPost',
        limit: createPost.max,
        remaining: createPost.max - 1,
        resetAt: expect.any(String),
      },
    ])
    gateway.passTime(20_000)
    let refused = first
    while (refused.code === undefined) refused = await post(gateway, accessToken)
    const [error] = refused.errors
    const { retryAfter, resetAt, ...facts } = error?.extensions ?? { code: 'none', retryAfter: 0, resetAt: 0 }
    expect(facts).toMatchObject({ code: 'RATE_LIMITED', limit: createPost.max, remaining: 0 })
    const seconds = (Date.parse(String(resetAt)) - gateway.now()) / 1000
    expect(Math.abs(Number(retryAfter) - seconds)).toBeLessThanOrEqual(1)
    expect(refused.headers['retry-after']).toBe(String(retryAfter))
    expect(
      (
        await gateway.send(
          CreatePostDocument,
          { input: { title: 'A', content: 'x' } },
          {
            token: accessToken,
            headers: { accept: 'application/graphql-response+json' },
          },
        )
      ).status,
    ).toBe(429)
  })

  // Redis has a clock of its own; the contract of the store proves its windows.
  if (!backend.store.startsWith('redis'))
    it('open a window once: it ends at the announced time, even after rejections (SR-088)', async () => {
      const gateway = await start()
      const { accessToken } = await gateway.signUp()
      let last = await post(gateway, accessToken)
      while (last.code === undefined) last = await post(gateway, accessToken)
      gateway.passTime(50_000)
      expect((await post(gateway, accessToken)).code).toBe('RATE_LIMITED')
      gateway.passTime(11_000)
      expect((await post(gateway, accessToken)).code).toBeUndefined()
    })

  it('count one network for all its headers, and accept a forwarded address from configured proxies only (SR-083, SR-086)', async () => {
    const gateway = await start()
    const { email } = await gateway.signUp()
    const attempt = (index: number) =>
      gateway.send(
        LoginDocument,
        { input: { email: `${index}.${email}`, password: PASSWORD } },
        {
          headers: {
            'x-forwarded-for': `198.51.100.${index % 250}`,
            'x-real-ip': `198.51.100.${index % 250}`,
            forwarded: `for=198.51.100.${index % 250}`,
            'user-agent': `agent ${index}`,
          },
        },
      )
    const answers = await Promise.all(Array.from({ length: login.max + 20 }, (_, index) => attempt(index)))
    expect(granted(answers)).toHaveLength(login.max)
  }, 60_000)

  it('count the address that the proxy saw, from the right, if a proxy is configured (SR-085, SR-086)', async () => {
    const gateway = await start({ TRUST_PROXY: '1' })
    const refresh = (forwarded: string) =>
      gateway.send(RefreshDocument, { refreshToken: null }, { headers: { 'x-forwarded-for': forwarded } })
    const remaining = async (forwarded: string) => {
      const { text } = await refresh(forwarded)
      return (JSON.parse(text) as { extensions: { rateLimits: { remaining: number }[] } }).extensions
        .rateLimits[0]?.remaining
    }
    const first = (await remaining('203.0.113.7')) ?? 0
    expect(await remaining('203.0.113.8')).toBe(first)
    expect(await remaining('1.2.3.4, 203.0.113.7')).toBe(first - 1)
    expect(await remaining('5.6.7.8, 9.9.9.9, 203.0.113.7')).toBe(first - 2)
    expect(await remaining('2001:db8:1:2::1')).toBe(first)
    expect(await remaining('2001:DB8:1:2:ffff::9')).toBe(first - 1)
    expect(await remaining('::ffff:203.0.113.7')).toBe(first - 3)
    expect(await remaining('203.0.113.7:5555')).toBe(first - 4)
    expect(await remaining('203.0.113.9:5555')).toBe(first)
    expect(await remaining('[2001:db8:1:2::7]:443')).toBe(first - 2)
  })

  it('count every spelling of the URL of the endpoint together (SR-087)', async () => {
    const gateway = await start()
    const { accessToken } = await gateway.signUp()
    const remaining = []
    for (const url of ['/graphql', '//graphql', '/graphql/', '/%67raphql', '/graphql?a=b']) {
      const { body } = await gateway.app.http.app.inject({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
        payload: { query: 'mutation { createPost(input: { title: "A", content: "x" }) { id } }' },
      })
      const { extensions } = JSON.parse(body) as { extensions?: { rateLimits: { remaining: number }[] } }
      remaining.push(extensions?.rateLimits[0]?.remaining)
    }
    expect(remaining).toEqual([1, 2, 3, 4, 5].map((calls) => createPost.max - calls))
  })

  it('store no address in a key', async () => {
    const gateway = await start()
    const email = newAddress()
    await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
    if (backend.store !== 'database') return // The canary test looks into Redis; memory has no keys to steal.
    const keys = await gateway.sql<{ key: string }>('SELECT key FROM state_entries')
    expect(keys.some(({ key }) => key.startsWith('limit:field-login:'))).toBe(true)
    for (const { key } of keys) expect(key).not.toMatch(/example|127\.0|person/)
  })
})

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:CB00:7107', '203.0.113.7'],
  ['2001:db8::1', '2001:db8::/64'],
  ['2001:0DB8:0:0:ffff:1:2:3', '2001:db8::/64'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  ['', 'unknown'],
  ['nonsense', 'unknown'],
  [null, 'unknown'],
])('%s is of the network %s, in one spelling (SR-085)', (address, network) => {
  expect(toNetwork(address)).toBe(network)
})
