import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { SERVICE_SETTINGS, request } from '../support/token-endpoints.ts'

const PATHS = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']
const METHODS = ['client_secret_basic', 'client_secret_post']

describeOn(EXTREMES, 'the discovery document', (backend) => {
  const started: TestGateway[] = []
  const start = async (settings: Record<string, string>) => {
    const gateway = await startGateway(backend, settings)
    started.push(gateway)
    return gateway
  }
  const readDocument = async (gateway: TestGateway, headers: Record<string, string> = {}) =>
    JSON.parse((await request(gateway, { url: PATHS[0] ?? '', headers })).text) as Record<string, unknown>
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await start({ ...SERVICE_SETTINGS, PUBLIC_URL: 'https://auth.example.com/gateway/' })
  })
  afterAll(async () => {
    for (const each of started) await each.close()
  })

  it('describes the gateway at both paths', async () => {
    for (const url of PATHS) {
      const { status, headers, text } = await request(gateway, { url })
      expect([status, headers['cache-control'], headers['content-type']]).toEqual([
        200,
        'public, max-age=300',
        expect.stringMatching(/^application\/json/),
      ])
      expect(JSON.parse(text)).toEqual({
        issuer: 'https://auth.example.com/gateway/',
        jwks_uri: 'https://auth.example.com/gateway/.well-known/jwks.json',
        introspection_endpoint: 'https://auth.example.com/gateway/introspect',
        introspection_endpoint_auth_methods_supported: METHODS,
        revocation_endpoint: 'https://auth.example.com/gateway/revoke',
        revocation_endpoint_auth_methods_supported: METHODS,
        response_types_supported: [],
        grant_types_supported: [],
        subject_types_supported: ['public'],
        scopes_supported: ['posts:read', 'posts:write'],
        access_token_signing_alg_values_supported: ['ES256'],
        graphql_endpoint: 'https://auth.example.com/gateway/graphql',
      })
    }
  })

  it('contains URLs of PUBLIC_URL only, regardless of the Host of the request', async () => {
    const expected = await readDocument(gateway)
    for (const name of ['host', 'x-forwarded-host', 'x-original-host', 'forwarded'])
      expect(
        await readDocument(gateway, { [name]: 'host=evil.example', 'x-forwarded-proto': 'gopher' }),
      ).toEqual(expected)
  })

  it('follows the settings for the issuer, the algorithm, the scopes and the endpoints', async () => {
    const other = await start({
      PUBLIC_URL: 'https://auth.example.com',
      JWT_ISSUER: 'urn:example:issuer',
      JWT_ALGORITHM: 'HS256',
      JWT_SECRET: 'k7#mQ9!zR2@vX5$wB8^nC1&pD4*fG6(h',
      ROLE_SCOPES: 'USER=a b,EDITOR=b c',
    })
    expect(await readDocument(other)).toEqual({
      issuer: 'urn:example:issuer',
      response_types_supported: [],
      grant_types_supported: [],
      subject_types_supported: ['public'],
      scopes_supported: ['a', 'b', 'c'],
      access_token_signing_alg_values_supported: ['HS256'],
      graphql_endpoint: 'https://auth.example.com/graphql',
    })
  })

  it('is not served without PUBLIC_URL, in development and in production', async () => {
    for (const environment of ['development', 'production']) {
      const silent = await start({ ...SERVICE_SETTINGS, NODE_ENV: environment, RATE_LIMIT_SCALE: '1' })
      for (const url of PATHS) {
        const { status, text } = await request(silent, { url, headers: { host: 'auth.example.com' } })
        expect([status, text]).toEqual([404, expect.stringContaining('NOT_FOUND')])
      }
    }
  })
})
