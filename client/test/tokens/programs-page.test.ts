import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeFolder, temporaryFolder } from '../../../test/support/backends.ts'
import { startGateway, type TestGateway } from '../../../test/support/gateway.ts'
import { CreatePostDocument, RevokeApiKeyDocument } from '../../../test/generated/graphql.ts'
import { createApiKey } from '../../../test/features/api-key-steps.ts'

const root = resolve(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'docs/clients/programs.md'), 'utf8')
const run = promisify(execFile)

describe('the page on programs', () => {
  let gateway: TestGateway
  let folder: string
  let program: string
  let url: string
  let token: string
  beforeAll(async () => {
    folder = temporaryFolder()
    program = join(folder, 'report.mjs')
    const [, contents = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? []
    await build({
      stdin: { contents, loader: 'ts', resolveDir: root },
      alias: { 'graphql-auth-gateway-client/tokens': join(root, 'client/src/tokens/index.ts') },
      outfile: program,
      ...{ bundle: true, platform: 'node', format: 'esm', external: ['ioredis'] },
    })
    gateway = await startGateway({ name: '', servers: [], database: 'sqlite', store: 'memory' })
    url = `${await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })}/graphql`
    token = (await gateway.signUp()).accessToken
    const input = { title: 'From the page', content: 'text', published: true }
    await gateway.ask(CreatePostDocument, { input }, token)
  })
  afterAll(async () => {
    await gateway.close()
    removeFolder(folder)
  })

  /** The values of the variables of the page for a new key. */
  async function newEnvironment() {
    const { apiKey, apiSecret } = await createApiKey(gateway, token, ['posts:read'])
    const values: Readonly<Record<string, string>> = {
      GATEWAY_URL: url,
      GATEWAY_API_KEY: apiKey,
      GATEWAY_API_SECRET: apiSecret,
      GATEWAY_TOKEN_STORAGE: 'file',
      GATEWAY_TOKEN_FILE: join(folder, `${apiKey}.json`),
    }
    const named = [...page.matchAll(/^export (\w+)=/gm)].map(([, name]) => name ?? '')
    expect(named.toSorted()).toEqual(Object.keys(values).toSorted())
    return { apiKey, env: { ...process.env, ...values } }
  }

  it('shows a program that reads posts, and again with the stored token', async () => {
    const { apiKey, env } = await newEnvironment()
    for (const _ of [1, 2])
      expect((await run(process.execPath, [program], { env })).stdout).toContain('From the page')
    const count = `SELECT 1 FROM audit_events WHERE event = 'authn_api_token_created' AND reason = '${apiKey}'`
    await expect.poll(async () => (await gateway.sql(count)).length).toBe(1)
  })

  it('shows a program that replaces a token that was rejected', async () => {
    const { env } = await newEnvironment()
    await run(process.execPath, [program], { env })
    const file = env['GATEWAY_TOKEN_FILE'] ?? ''
    const broken = readFileSync(file, 'utf8').replace(/"accessToken":"[^"]+"/, '"accessToken":"a.b.c"')
    writeFileSync(file, broken)
    expect((await run(process.execPath, [program], { env })).stdout).toContain('From the page')
  })

  it('shows a program that fails with the code of the gateway for a revoked key', async () => {
    const { apiKey, env } = await newEnvironment()
    await gateway.ask(RevokeApiKeyDocument, { id: apiKey }, token)
    const failure = (await run(process.execPath, [program], { env }).catch((error: unknown) => error)) as {
      readonly stderr?: string
    }
    expect(failure.stderr).toContain('INVALID_CREDENTIALS')
  })
})
