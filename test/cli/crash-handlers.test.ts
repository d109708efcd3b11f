import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventually } from '../support/servers/processes.ts'
import { gatewayProcesses, postTo } from '../support/servers/gateway-process.ts'

/** Loaded into the process before the gateway: fails outside of any request when a signal arrives. */
const FAULTS = `
process.on('SIGUSR2', () => void Promise.reject(Object.assign(new Error('canary rejection'), { meta: 'canary-meta', args: ['canary-argument'] })))
process.on('SIGWINCH', () => setTimeout(() => { throw Object.assign(new TypeError('canary exception'), { meta: 'canary-meta' }) }, 1))
`

describe('an uncaught error', () => {
  const { folder, start } = gatewayProcesses()
  async function startWithFaults() {
    const path = folder()
    const file = join(path, 'faults.mjs')
    writeFileSync(file, FAULTS)
    return start({ DATA_DIR: path, NODE_OPTIONS: `--import=file://${file}`, LOG_LEVEL: 'info' })
  }

  it('of a promise is logged with its type and message only, and the process continues to serve (SR-133)', async () => {
    const gateway = await startWithFaults()
    for (let index = 0; index < 3; index += 1) gateway.child.kill('SIGUSR2')
    const line = await eventually(async () => /^.*canary rejection.*$/m.exec(gateway.output())?.[0] ?? false)
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      event: 'process.unhandled_rejection',
      msg: 'unhandled promise rejection',
    })
    expect(gateway.output()).not.toMatch(/canary-(meta|argument)/)
    const response = await postTo(gateway.address, '{ __typename }')
    expect([response.status, response.data]).toEqual([200, { __typename: 'Query' }])
  })

  it('that was thrown is logged with its type and message only, and the process exits with status 1 (SR-133)', async () => {
    const gateway = await startWithFaults()
    const ended = once(gateway.child, 'close')
    gateway.child.kill('SIGWINCH')
    await ended
    expect(gateway.child.exitCode).toBe(1)
    const line = /^.*canary exception.*$/m.exec(gateway.output())?.[0] ?? ''
    expect(JSON.parse(line)).toMatchObject({
      level: 'fatal',
      err: { type: 'TypeError', message: 'canary exception' },
    })
    expect(gateway.output()).not.toContain('canary-meta')
  })
})
