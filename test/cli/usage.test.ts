import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runGateway } from '../support/servers/gateway-process.ts'

const root = resolve(import.meta.dirname, '../..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const HINT = "Run 'gateway --help' for the list of commands.\n"
/** Settings that no command can start with: the tested options must not read them. */
const INVALID = { PORT: 'invalid' }

describe('the command line', () => {
  it.each(['--version', '-v'])('prints the version of the package with %s', async (option) => {
    expect(await runGateway(INVALID, [option])).toEqual({ status: 0, output: `${version}\n` })
  })

  it('runs in a checkout with `npm run gateway`', () => {
    const options = { cwd: root, encoding: 'utf8' } as const
    expect(execFileSync('npm', ['run', '--silent', 'gateway', '--', '--version'], options)).toBe(
      `${version}\n`,
    )
  })

  it('prints every command with --help', async () => {
    const { status, output } = await runGateway(INVALID, ['--help'])
    expect(status).toBe(0)
    for (const name of ['serve', 'migrate', 'backup', 'keys', 'user', 'schema', 'client-secret'])
      expect(output).toMatch(new RegExp(`^ {2}${name} `, 'm'))
  })

  it.each([
    [['strat'], "error: unknown command 'strat'\n"],
    [['keys', 'rotat'], "error: unknown command 'rotat'\n(Did you mean rotate?)\n"],
    [['--nonsense'], "error: unknown option '--nonsense'\n"],
    [['doctor', '--ntp', 'a b'], 'error: --ntp must be a host or host:port\n'],
    [['user', 'suspend'], "error: missing required argument 'account'\n"],
    [
      ['user', 'roles', 'ada@example.com'],
      'error: name the roles of the account, or --none to take all away\n',
    ],
    [
      ['user', 'roles', 'ada@example.com', 'USER', '--none'],
      'error: name the roles of the account or --none, not both\n',
    ],
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
