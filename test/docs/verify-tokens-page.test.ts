import type { JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  postTo,
  runGateway,
  signUpAt,
  startGatewayProcess,
  type GatewayProcess,
} from '../support/servers/gateway-process.ts'
import { removeFolder, temporaryFolder } from '../support/backends.ts'
import { loadPageCode } from '../support/page-code.ts'
import { freePort } from '../support/servers/processes.ts'

/** The exports of the code in docs/verify-tokens.md. */
interface Recipe {
  accessTokenVerifier(gateway: string, audience?: string): (token: string) => Promise<JWTPayload>
  hasScope(payload: JWTPayload, name: string): boolean
  introspect(
    gateway: string,
    service: { id: string; secret: string },
    token: string,
  ): Promise<Record<string, unknown>>
}

describe('the recipe for other services', () => {
  const folders: string[] = []
  const nodes: GatewayProcess[] = []
  let recipe: Recipe
  let gateway: string
  let service: { id: string; secret: string }
  let accessToken: string
  let refreshToken: string
  let otherAudience: string

  /** A secret made by the command, and the setting that it prints. */
  async function makeSecret(id: string): Promise<{ secret: string; entry: string }> {
    const { status, output } = await runGateway({}, ['client-secret', id])
    const [, secret = '', , entry = ''] = output.split('\n').map((line) => line.trim())
    expect([status, secret, entry]).toEqual([
      0,
      expect.stringMatching(/^[\w-]{43}$/),
      expect.stringMatching(new RegExp(`^${id}:[0-9a-f]{64}$`)),
    ])
    return { secret, entry }
  }

  beforeAll(async () => {
    const loaded = await loadPageCode('docs/verify-tokens.md')
    recipe = loaded.exports as Recipe
    const data = temporaryFolder()
    folders.push(loaded.folder, data)
    const { secret, entry } = await makeSecret('orders')
    service = { id: 'orders', secret }
    const port = String(await freePort())
    gateway = `http://127.0.0.1:${port}`
    const settings = { DATA_DIR: data, PUBLIC_URL: gateway, INTROSPECTION_CLIENTS: entry }
    const first = await startGatewayProcess({ ...settings, PORT: port })
    // The same keys and issuer, for another audience.
    const second = await startGatewayProcess({ ...settings, JWT_AUDIENCE: 'another-api' })
    nodes.push(first, second)
    await signUpAt(first)
    const signIn =
      'mutation { login(input: { email: "ada@example.com", password: "a quiet harbour at dawn" }) { ... on AuthPayload { accessToken refreshToken } } }'
    const [mine, other] = await Promise.all(nodes.map(({ address }) => postTo(address, signIn)))
    accessToken = String(mine?.data?.['login']?.['accessToken'])
    refreshToken = String(mine?.data?.['login']?.['refreshToken'])
    otherAudience = String(other?.data?.['login']?.['accessToken'])
  })
  afterAll(async () => {
    for (const node of nodes) await node.stop('SIGKILL')
    for (const folder of folders) removeFolder(folder)
  })

  it('accepts an access token, and reads its scopes', async () => {
    const payload = await recipe.accessTokenVerifier(gateway)(accessToken)
    expect(payload).toMatchObject({ iss: gateway, aud: 'graphql' })
    expect(['posts:read', 'posts', 'admin'].map((scope) => recipe.hasScope(payload, scope))).toEqual([
      true,
      false,
      false,
    ])
  })

  it('rejects a token for another audience or of another issuer, a refresh token, and a tampered one', async () => {
    const verify = recipe.accessTokenVerifier(gateway)
    await expect(verify(otherAudience)).rejects.toMatchObject({ claim: 'aud' })
    await expect(recipe.accessTokenVerifier(gateway, 'another-api')(otherAudience)).resolves.toBeDefined()
    await expect(recipe.accessTokenVerifier(`${gateway}/`)(accessToken)).rejects.toMatchObject({
      claim: 'iss',
    })
    await expect(verify(refreshToken)).rejects.toMatchObject({ code: 'ERR_JWS_INVALID' })
    const [header = '', payload = '', signature = ''] = accessToken.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as JWTPayload
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const raised = `${header}.${encode({ ...claims, scope: 'admin' })}.${signature}`
    await expect(verify(raised)).rejects.toMatchObject({ code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
    await expect(verify(`${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`)).rejects.toMatchObject({
      code: 'ERR_JOSE_ALG_NOT_ALLOWED',
    })
  })

  it('finds the endpoints of the discovery document', async () => {
    const response = await fetch(`${gateway}/.well-known/oauth-authorization-server`)
    const document = (await response.json()) as Record<string, unknown>
    expect(document).toMatchObject({
      issuer: gateway,
      jwks_uri: `${gateway}/.well-known/jwks.json`,
      introspection_endpoint: `${gateway}/introspect`,
      access_token_signing_alg_values_supported: ['ES256'],
    })
  })

  it('detects a sign-out by introspection, which the signature alone cannot show (SR-072)', async () => {
    const before = await recipe.introspect(gateway, service, accessToken)
    expect(before).toMatchObject({ active: true, token_type: 'Bearer', scope: 'posts:read posts:write' })
    await expect(recipe.introspect(gateway, { ...service, secret: 'x' }, accessToken)).rejects.toThrow('401')
    await postTo(
      gateway,
      'mutation { logout { messageKey } }',
      {},
      { authorization: `Bearer ${accessToken}` },
    )
    expect(await recipe.introspect(gateway, service, accessToken)).toEqual({ active: false })
    await expect(recipe.accessTokenVerifier(gateway)(accessToken)).resolves.toBeDefined()
  })

  it('creates no secret for an id with a colon, which Basic authentication would split', async () => {
    const { status, output } = await runGateway({}, ['client-secret', 'a:b'])
    expect([status, output]).toEqual([1, expect.stringContaining('An id has 1 to 64 characters')])
  })
})
