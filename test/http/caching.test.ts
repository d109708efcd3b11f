import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { CALLS } from '../features/access-calls.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

describe('HTTP caches', () => {
  let gateway: TestGateway
  let token: string
  beforeAll(async () => {
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], { RATE_LIMIT_SCALE: '1000' })
    token = (await gateway.signUp()).accessToken
  })
  afterAll(() => gateway.close())

  const ask = async (method: 'GET' | 'POST', query: string, headers: Record<string, string>) => {
    const url = method === 'GET' ? `/graphql?query=${encodeURIComponent(query)}` : '/graphql'
    const payload = method === 'GET' ? {} : { payload: JSON.stringify({ query, variables: {} }) }
    const type = { 'content-type': 'application/json', 'apollo-require-preflight': '1' }
    return gateway.app.http.app.inject({ method, url, headers: { ...type, ...headers }, ...payload })
  }

  it('must not store any GraphQL response, with or without a token, with or without an error (SR-173)', async () => {
    for (const [name, { text }] of Object.entries(CALLS))
      for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
        const { headers: sent } = await ask('POST', text, headers)
        expect([name, sent['cache-control']]).toEqual([name, 'no-store'])
      }
    for (const method of ['PUT', 'HEAD'] as const)
      expect((await gateway.app.http.app.inject({ method, url: '/graphql' })).headers['cache-control']).toBe(
        'no-store',
      )
  })

  it('must not store a query over GET, whose response varies by Authorization (SR-173)', async () => {
    const { accessToken } = await gateway.signUp()
    const { headers, body } = await ask('GET', '{ me { email } }', { authorization: `Bearer ${accessToken}` })
    expect(body).toContain('@example.com')
    expect(headers['cache-control']).toBe('no-store')
    expect(String(headers['vary']).split(', ')).toEqual(expect.arrayContaining(['Accept', 'Authorization']))
    for (const name of ['etag', 'last-modified', 'expires', 'age']) expect(headers).not.toHaveProperty(name)
  })

  it('may store the public keys', async () => {
    const { headers } = await gateway.app.http.app.inject('/.well-known/jwks.json')
    expect(headers['cache-control']).toBe('public, max-age=300')
  })
})
