import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runGateway } from '../support/servers/gateway-process.ts'

const root = resolve(import.meta.dirname, '../..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const HINT = "Run 'gateway --help' for the list of commands.\n"
/** Settings that no command can start with: what is tested here must not read them. */
const INVALID = { PORT: 'invalid' }

describe('the command line', () => {
  it.each(['--version', '-v'])('prints the version of the package with %s', async (option) => {
    expect(await runGateway(INVALID, [option])).toEqual({ status: 0, output: `${version}\n` })
  })

  it('prints every command with --help', async () => {
    const { status, output } = await runGateway(INVALID, ['--help'])
    expect(status).toBe(0)
    for (const name of ['serve', 'migrate', 'keys', 'user', 'client-secret'])
      expect(output).toMatch(new RegExp(`^ {2}${name} `, 'm'))
  })

  it.each([
    [['strat'], "error: unknown command 'strat'\n"],
    [['keys', 'rotat'], "error: unknown command 'rotat'\n(Did you mean rotate?)\n"],
    [['--nonsense'], "error: unknown option '--nonsense'\n"],
    [['user', 'suspend'], "error: missing required argument 'email'\n"],
    [['keys', 'list', 'all'], "error: too many arguments for 'list'. Expected 0 arguments but got 1.\n"],
  ])('rejects %j with a short usage error', async (args, message) => {
    const { status, output } = await runGateway(INVALID, args)
    expect([status, output]).toEqual([1, `${message}${HINT}`])
  })

  it('reports invalid settings of every command with status 78', async () => {
    for (const args of [[], ['keys', 'list']])
      expect(await runGateway(INVALID, args)).toEqual({
        status: 78,
        output: 'Invalid settings:\n  PORT: expected a whole number from 0 to 65535\n',
      })
  })
})
