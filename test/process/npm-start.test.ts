import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { gatewayProcesses } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'

const root = resolve(import.meta.dirname, '../..')
/** Starts the gateway as `npm start` does, and ends as soon as that has a child process: the build. */
const ENDS_DURING_BUILD = `
  const { pid } = require('node:child_process').spawn(process.execPath, ['scripts/start.js'], { stdio: 'inherit' })
  const read = () => require('node:fs').readFileSync(\`/proc/\${pid}/task/\${pid}/children\`, 'utf8')
  setInterval(() => read() && process.exit(), 5)`

describe('npm start', () => {
  const { folder } = gatewayProcesses()
  const groups: number[] = []
  afterEach(() => groups.splice(0).forEach((group) => signalGroup(group, 'SIGKILL')))

  /** Starts a command as the leader of a process group. `ended`: resolves when all of its processes have. */
  function launch(command: string, args: readonly string[]) {
    const leader = spawn(command, args, {
      cwd: root,
      detached: true,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        DATA_DIR: join(folder(), 'data'),
        PORT: '0',
      },
    })
    const group = leader.pid ?? NaN
    groups.push(group)
    let output = ''
    for (const stream of [leader.stdout, leader.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    return { group, output: () => output, ended: once(leader, 'close') }
  }

  it('shuts down gracefully when npm gets SIGTERM', async () => {
    const npm = launch('npm', ['start'])
    await eventually(async () => npm.output().includes('"msg":"server listening"'))
    process.kill(npm.group, 'SIGTERM')
    await npm.ended
    expect(npm.output()).toContain('shutdown complete')
  })

  it('shuts down gracefully when its process group gets SIGTERM, although its parent ends first', async () => {
    const npm = launch('npm', ['start'])
    await eventually(async () => npm.output().includes('"msg":"server listening"'))
    signalGroup(npm.group, 'SIGTERM')
    await npm.ended
    expect(npm.output()).toContain('shutdown complete')
  })

  it('does not outlive a parent that ends during the build', async () => {
    const parent = launch(process.execPath, ['-e', ENDS_DURING_BUILD])
    await parent.ended
    expect(parent.output()).not.toContain('Error')
  })
})

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // Its processes have ended.
  }
}
