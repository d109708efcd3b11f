import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../support/servers/binaries.ts'
import { gatewayProcesses, runGateway } from '../support/servers/gateway-process.ts'
import { query, startPostgres, type PostgresServer } from '../support/servers/postgres.ts'
import { eventually } from '../support/servers/processes.ts'

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? ''
}

describeWith(['postgresql'], 'a start on PostgreSQL (SR-273)', () => {
  const { folder, start } = gatewayProcesses()
  let server: PostgresServer
  beforeAll(async () => void (server = await startPostgres()))
  afterAll(() => server.stop())

  it('is refused with status 78 while migrations are pending that it must not apply', async () => {
    const settings = {
      DATA_DIR: folder(),
      DATABASE_URL: await server.createDatabase(),
      MIGRATE_ON_START: 'off',
    }
    const { status, output } = await runGateway(settings)
    expect([status, lastLine(output)]).toEqual([
      78,
      expect.stringMatching(/^MIGRATE_ON_START: is off and \d+ migrations are pending; run gateway migrate$/),
    ])
    expect((await runGateway(settings, ['migrate'])).status).toBe(0)
    const gateway = await start(settings)
    expect((await fetch(`${gateway.address}/readyz`)).status).toBe(200)
  })

  it('is refused with status 78 and one line if the database does not exist, as every command is', async () => {
    const url = `${await server.createDatabase()}x`
    for (const command of [[], ['keys', 'list']]) {
      const { status, output } = await runGateway({ DATA_DIR: folder(), DATABASE_URL: url }, command)
      expect([status, output.trim()]).toEqual([78, 'DATABASE_URL: its database does not exist'])
    }
  })

  it('waits for a server that is not there yet, and says so; a command does not wait', async () => {
    const url = await server.createDatabase()
    await server.crash()
    const settings = { DATA_DIR: folder(), DATABASE_URL: url }
    const listed = await runGateway(settings, ['keys', 'list'])
    const line = 'DATABASE_URL: PostgreSQL cannot be reached (nothing listens there)'
    expect([listed.status, listed.output.trim()]).toEqual([1, line])
    // Closes the first connection, so that the server appears after an attempt that failed.
    const closing = createServer((socket) => socket.destroy()).listen(server.port, '127.0.0.1')
    await once(closing, 'listening')
    const starting = start(settings)
    await once(closing, 'connection')
    closing.close()
    await server.restart()
    const gateway = await starting
    expect(gateway.output()).toMatch(
      /"msg":"DATABASE_URL: PostgreSQL cannot be reached \([^)]+\); trying again"/,
    )
    expect(gateway.output()).toContain('"event":"database.unreachable"')
    await eventually(() => query(url, 'SELECT 1 FROM users LIMIT 1'))
  })
})
