import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshRedis, removeFolder, temporaryFolder } from '../../../test/support/backends.ts'
import { startGateway, type TestGateway } from '../../../test/support/gateway.ts'
import { describeWith } from '../../../test/support/servers/binaries.ts'
import { eventually } from '../../../test/support/servers/processes.ts'
import { createApiKey } from '../../../test/features/api-key-steps.ts'

const PROGRAMS = 10
/** Below node_modules, where the program finds ioredis. */
const program = join(import.meta.dirname, '../../../node_modules/.cache/token-programs/program.mjs')

/** A running program and the lines that it has printed. */
interface Program {
  readonly child: ChildProcess
  readonly lines: string[]
}

function startProgram(env: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, [program], { env: { ...process.env, ...env } })
  const lines: string[] = []
  const collect = (data: Buffer) => lines.push(...data.toString().split('\n').filter(Boolean))
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return { child, lines }
}

const waitForLine = ({ lines }: Program, count: number) =>
  eventually(async () => lines.length >= count && (lines[count - 1] ?? false), 60_000)

/** The ways in which processes share a token. */
const STORAGES = [
  {
    name: 'a file',
    settings: async (folder: string) => ({
      GATEWAY_TOKEN_STORAGE: 'file',
      GATEWAY_TOKEN_FILE: join(folder, `${randomUUID()}.json`),
    }),
  },
  {
    name: 'Redis',
    settings: async () => ({ GATEWAY_TOKEN_STORAGE: 'redis', GATEWAY_REDIS_URL: await freshRedis() }),
  },
]

describeWith(['redis'], 'ten programs', () => {
  let gateway: TestGateway
  let folder: string
  let url: string
  beforeAll(async () => {
    folder = temporaryFolder()
    await build({
      entryPoints: [join(import.meta.dirname, 'program.ts')],
      outfile: program,
      ...{ bundle: true, platform: 'node', format: 'esm', external: ['ioredis'] },
    })
    gateway = await startGateway({ name: '', servers: [], database: 'sqlite', store: 'memory' })
    url = `${await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })}/graphql`
  })
  afterAll(async () => {
    await gateway.close()
    removeFolder(folder)
  })

  /** The environment of programs with a new key, and how many tokens it has got. */
  async function newEnvironment(settings: Readonly<Record<string, string>>) {
    const { accessToken } = await gateway.signUp()
    const { apiKey, apiSecret } = await createApiKey(gateway, accessToken)
    const countTokens = async () => {
      const statement = `SELECT 1 FROM audit_events WHERE event = 'authn_api_token_created' AND reason = '${apiKey}'`
      return (await gateway.sql(statement)).length || false
    }
    const env = { ...settings, GATEWAY_URL: url, GATEWAY_API_KEY: apiKey, GATEWAY_API_SECRET: apiSecret }
    return { env, countTokens }
  }

  /** The tokens of ten programs that ask at once. */
  async function runPrograms(env: Readonly<Record<string, string>>) {
    const programs = Array.from({ length: PROGRAMS }, () => startProgram(env))
    for (const one of programs) await waitForLine(one, 1)
    for (const { child } of programs) child.stdin?.write('go\n')
    return Promise.all(programs.map((one) => waitForLine(one, 2)))
  }

  it.each(STORAGES)('that share $name get one token together', async ({ settings }) => {
    const { env, countTokens } = await newEnvironment(await settings(folder))
    const tokens = await runPrograms(env)
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    expect(await eventually(countTokens)).toBe(1)
  })

  it.each(STORAGES)(
    'that share $name get one token together after a program was killed while it asked for one',
    async ({ settings }) => {
      const { env, countTokens } = await newEnvironment(await settings(folder))
      const holder = startProgram({ ...env, HOLD_MS: '3000' })
      await waitForLine(holder, 1)
      holder.child.stdin?.write('go\n')
      expect(await waitForLine(holder, 2)).toBe('held')
      holder.child.kill('SIGKILL')
      const tokens = await runPrograms(env)
      expect(new Set(tokens).size).toBe(1)
      expect(tokens[0]).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
      expect(await eventually(countTokens)).toBe(1)
    },
  )
})
