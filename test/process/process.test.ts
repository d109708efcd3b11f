import { chmodSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { postTo, runGateway, signUpAt, gatewayProcesses } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'

describe('the gateway as a process', () => {
  const { folder, start } = gatewayProcesses()

  it('starts with an empty folder: creates its database, keys and secrets with mode 0600, and becomes ready', async () => {
    const data = join(folder(), 'new/data')
    const gateway = await start({ DATA_DIR: data })
    const ready = await fetch(`${gateway.address}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ok', checks: { database: 'ok', stateStore: 'ok', migrations: 'ok', keys: 'ok' } },
    ])
    expect(
      readdirSync(data)
        .sort()
        .filter((name) => !name.includes('.db-')),
    ).toEqual(['gateway.db', 'keys'])
    for (const file of ['gateway.db', 'keys/master-secret'])
      expect(statSync(join(data, file)).mode & 0o777).toBe(0o600)
    await signUpAt(gateway)
    // Messages are delivered after the response to the request.
    const outbox = await eventually(async () => statSync(join(data, 'outbox/outbox.jsonl')))
    expect(outbox.mode & 0o777).toBe(0o600)
    expect(gateway.output()).toContain('/graphql')
  })

  it('keeps sessions over a restart', async () => {
    const environment = { DATA_DIR: folder() }
    const first = await start(environment)
    const token = await signUpAt(first)
    expect(await first.stop()).toBe(0)
    const second = await start(environment)
    const { data } = await postTo(
      second.address,
      '{ me { email } }',
      {},
      { authorization: `Bearer ${token}` },
    )
    expect(data?.['me']).toEqual({ email: 'ada@example.com' })
  })

  it('shares one key set with nodes that start concurrently on the same folder', async () => {
    const environment = { DATA_DIR: folder() }
    const nodes = await Promise.all([start(environment), start(environment), start(environment)])
    const token = await signUpAt(nodes[0])
    for (const node of nodes) {
      const { data, errors } = await postTo(
        node.address,
        '{ me { email } }',
        {},
        { authorization: `Bearer ${token}` },
      )
      expect([errors, data?.['me']]).toEqual([undefined, { email: 'ada@example.com' }])
    }
  })

  it('rejects a key file that is readable by other users', async () => {
    const data = folder()
    const gateway = await start({ DATA_DIR: data })
    await gateway.stop()
    chmodSync(join(data, 'keys/master-secret'), 0o644)
    const { status, output } = await runGateway({ DATA_DIR: data })
    expect([status, output.trim().split('\n').at(-1)]).toEqual([
      78,
      expect.stringContaining('Its mode must be 0600'),
    ])
  })

  it('exits with status 78 and reports every problem when settings are invalid', async () => {
    const { status, output } = await runGateway({ PORT: 'x', NODE_ENV: 'production', OTP_LENGTH: '3' })
    expect(status).toBe(78)
    expect(output).toContain('PORT: expected')
    expect(output).toContain('OTP_LENGTH: expected')
  })

  it('publishes only the public parts of its keys', async () => {
    const gateway = await start({ DATA_DIR: folder() })
    const response = await fetch(`${gateway.address}/.well-known/jwks.json`)
    const { keys } = (await response.json()) as { keys: Record<string, unknown>[] }
    expect(keys).toHaveLength(1)
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  })

  it('serves an IDE with all its assets in development, and neither an IDE nor introspection in production', async () => {
    const development = await start({ DATA_DIR: folder() })
    const page = await fetch(`${development.address}/graphql`, { headers: { accept: 'text/html' } })
    const html = await page.text()
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)]
      .map(([, url]) => url ?? '')
      .filter((url) => !url.startsWith('data:'))
    expect(assets.length).toBe(8)
    for (const asset of assets)
      expect((await fetch(new URL(asset, `${development.address}/graphql`))).status).toBe(200)
    const production = await start({ DATA_DIR: folder(), NODE_ENV: 'production' })
    expect(
      (await fetch(`${production.address}/graphql`, { headers: { accept: 'text/html' } })).headers.get(
        'content-type',
      ),
    ).toContain('application/json')
    expect((await postTo(production.address, '{ __schema { types { name } } }')).code).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    )
    expect((await postTo(production.address, '{ m }')).errors?.[0]?.message).toBe(
      'The document does not match the schema.',
    )
  })

  it('allows the origin of Apollo Sandbox in development, and no other origin', async () => {
    const gateway = await start({ DATA_DIR: folder() })
    const preflight = (origin: string) =>
      fetch(`${gateway.address}/graphql`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type',
        },
      })
    const studio = await preflight('https://studio.apollographql.com')
    expect([studio.status, studio.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://studio.apollographql.com',
    ])
    for (const origin of ['https://evil.example', 'null'])
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).not.toBe(origin)
  })

  it('writes no password, code, token or address to its log (SR-029, SR-125)', async () => {
    const data = folder()
    const gateway = await start({ DATA_DIR: data, LOG_LEVEL: 'debug', OTP_EXPOSE_CODE: 'true' })
    const token = await signUpAt(gateway, 'canary.address@example.com')
    await postTo(
      gateway.address,
      'mutation { login(input: { email: "canary.address@example.com", password: "canary password" }) { __typename } }',
    )
    await postTo(gateway.address, '{ me { id } }', {}, { authorization: `Bearer ${token}x` })
    await gateway.stop()
    const log = gateway
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .join('\n')
    expect(log).toContain('authn_login_fail')
    const code = /\\n(\d{6})\\n/.exec(readFileSync(join(data, 'outbox/outbox.jsonl'), 'utf8'))?.[1] ?? 'none'
    for (const secret of ['canary', 'a quiet harbour', token, code]) expect(log).not.toContain(secret)
  })

  it('applies account changes of the command line immediately', async () => {
    const environment = { DATA_DIR: folder() }
    const gateway = await start(environment)
    const token = await signUpAt(gateway)
    const me = async () =>
      await postTo(gateway.address, '{ me { roles } }', {}, { authorization: `Bearer ${token}` })
    expect(
      (
        await runGateway({ ...environment, LOG_LEVEL: 'silent' }, [
          'user',
          'roles',
          'ada@example.com',
          'USER',
          'ADMIN',
        ])
      ).output,
    ).toBe('Done.\n')
    expect((await me()).data?.['me']).toEqual({ roles: ['USER', 'ADMIN'] })
    expect(
      (await runGateway({ ...environment, LOG_LEVEL: 'silent' }, ['user', 'suspend', 'ada@example.com']))
        .output,
    ).toBe('Done.\n')
    expect((await me()).code).toBe('UNAUTHENTICATED')
    expect((await runGateway(environment, ['user', 'suspend', 'unknown@example.com'])).status).toBe(1)
    expect((await runGateway(environment, ['migrate', 'status'])).output).toMatch(/^(applied \d{14}_\w+\n)+$/)
  })

  it('manages its signing keys on the command line: list, rotate, retire, export (SR-051)', async () => {
    const environment = { DATA_DIR: folder(), LOG_LEVEL: 'silent' }
    const keys = (...args: string[]) => runGateway(environment, ['keys', ...args])
    await runGateway(environment, ['migrate'])
    const [first = ''] = (await keys('list')).output.split(' ')
    expect((await keys('list')).output).toMatch(
      /^[\w-]{43} {2}ES256 {2}signing {3}created .*Z {2}signs from .*Z\n$/,
    )
    const next = (await keys('rotate')).output.trim()
    expect((await keys('list')).output).toMatch(new RegExp(`^${first} .* signing .*\n${next} .* next `))
    expect((await keys('retire', first)).status).toBe(78)
    expect((await keys('rotate', '--now')).output.trim()).toBe(next)
    expect(await keys('retire', first)).toEqual({ status: 0, output: 'Done.\n' })
    expect((await keys('retire', first)).status).toBe(1)
    const { keys: published } = JSON.parse((await keys('export-jwks')).output) as { keys: { kid: string }[] }
    expect(published.map(({ kid }) => kid)).toEqual([next])
    expect(JSON.stringify(published)).not.toContain('"d"')
  })

  it('accepts a key set that it generated, and then manages no keys', async () => {
    const environment = { DATA_DIR: folder(), LOG_LEVEL: 'silent' }
    const generated = (await runGateway(environment, ['keys', 'generate'])).output
    const given = { ...environment, JWT_KEYS: generated, LOG_LEVEL: 'info' }
    const gateway = await start(given)
    const jwks = (await (await fetch(`${gateway.address}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[]
    }
    const { keys } = JSON.parse(generated) as { keys: { kid: string }[] }
    expect(jwks.keys.map(({ kid }) => kid)).toEqual(keys.map(({ kid }) => kid))
    expect((await runGateway(given, ['keys', 'list'])).status).toBe(1)
  })
})
