import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { EXTREMES, describeOn, freshDatabase, freshRedis, type Backend } from '../support/backends.ts'
import { gatewayProcesses, runGateway } from '../support/servers/gateway-process.ts'

const SECRETS = ['k7#mQ9!zR2@vX5$wB8^nC1&pD4*fG6(h', 'p3$fT6^hY9&uJ2*iK5(oL8)mN1!bV4@c']

/** The last line that is printed: the reason. */
function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? ''
}

describeOn(EXTREMES, 'a start that fails', (backend: Backend) => {
  const { folder } = gatewayProcesses()
  const listeners: Server[] = []
  afterEach(() => listeners.splice(0).forEach((server) => server.close()))

  async function occupyPort(): Promise<string> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    listeners.push(server)
    return String((server.address() as AddressInfo).port)
  }

  async function environment(): Promise<Record<string, string>> {
    const data = folder()
    return {
      DATA_DIR: data,
      DATABASE_URL: await freshDatabase(backend.database, data),
      ...(backend.store === 'redis' ? { REDIS_URL: await freshRedis() } : {}),
    }
  }

  it('because the port is in use ends with status 78 and names PORT', async () => {
    const port = await occupyPort()
    const { status, output } = await runGateway({ ...(await environment()), PORT: port })
    expect([status, lastLine(output)]).toEqual([78, `PORT: port ${port} on 127.0.0.1 is already in use`])
  })

  it('because the port of the metrics is in use ends with status 78 and names METRICS_PORT', async () => {
    const port = await occupyPort()
    const { status, output } = await runGateway({ ...(await environment()), METRICS_PORT: port })
    expect([status, lastLine(output)]).toEqual([
      78,
      `METRICS_PORT: port ${port} on 127.0.0.1 is already in use`,
    ])
  })

  it('because the address is not one of this machine ends with status 78 and names HOST', async () => {
    const { status, output } = await runGateway({ ...(await environment()), HOST: '203.0.113.1' })
    expect([status, lastLine(output)]).toEqual([78, 'HOST: 203.0.113.1 is not an address of this machine'])
  })

  it('because GATEWAY_SECRET has changed ends with status 78, as every command does', async () => {
    const [first = '', second = ''] = SECRETS
    const settings = await environment()
    expect((await runGateway({ ...settings, GATEWAY_SECRET: first }, ['keys', 'list'])).status).toBe(0)
    for (const command of [[], ['keys', 'list'], ['user', 'suspend', 'ada@example.com']]) {
      const { status, output } = await runGateway({ ...settings, GATEWAY_SECRET: second }, command)
      expect([status, lastLine(output)]).toEqual([78, expect.stringContaining('GATEWAY_SECRET')])
    }
  })

  it('prints one line of JSON in production', async () => {
    const port = await occupyPort()
    const { status, output } = await runGateway({
      ...(await environment()),
      NODE_ENV: 'production',
      PORT: port,
    })
    expect([status, JSON.parse(lastLine(output))]).toEqual([
      78,
      expect.objectContaining({
        level: 'fatal',
        event: 'process.command_failed',
        msg: `PORT: port ${port} on 127.0.0.1 is already in use`,
      }),
    ])
  })
})

describe('a running gateway', () => {
  const { folder, start } = gatewayProcesses()

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('shuts down gracefully on %s', async (signal) => {
    const gateway = await start({ DATA_DIR: folder() })
    expect(await gateway.stop(signal)).toBe(0)
    expect(gateway.output()).toContain('shutdown complete')
  })

  it('warns of a variable that is probably a misspelt setting', async () => {
    const gateway = await start({ DATA_DIR: folder(), GATEWAY_SECRTE: SECRETS[0] ?? '' })
    expect(gateway.output()).toContain('unknown setting GATEWAY_SECRTE, did you mean GATEWAY_SECRET?')
    expect(gateway.output()).not.toContain(SECRETS[0])
  })
})
