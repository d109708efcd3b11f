import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { EXTREMES, describeOn, freshDatabase, freshStore, type Backend } from '../support/backends.ts'
import { createCertificate, hasOpenssl } from '../support/certificates.ts'
import { gatewayProcesses, runGateway, type GatewayProcess } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'
import {
  awaitEntry,
  awaitWorkers,
  createClient,
  isRunning,
  readLog,
  sendConstantly,
} from '../support/servers/worker-processes.ts'

/** What a request on a new connection shows of the settings. */
async function readProduct(gateway: GatewayProcess): Promise<unknown> {
  const { text } = await createClient(gateway.address, { keepAlive: false }).send({ path: '/brand.json' })
  return (JSON.parse(text) as { product: unknown }).product
}

function writeSettings(file: string, settings: Record<string, string>): void {
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name}="${value}"\n`)
      .join(''),
  )
}

describe.skipIf(!hasOpenssl)('a reload', () => {
  describeOn(EXTREMES, 'under traffic', (backend: Backend) => {
    const { folder, start } = gatewayProcesses()

    it('by SIGHUP lets new workers serve with new settings and certificates, and answers every request (SR-164)', async () => {
      const data = folder()
      const file = join(data, '.env')
      const [old, next] = [createCertificate(data, 'old'), createCertificate(data, 'next')]
      const tls = { TLS_CERT_FILE: join(data, 'tls.crt'), TLS_KEY_FILE: join(data, 'tls.key') }
      const install = ({ cert, key }: typeof old, product: string) => {
        writeFileSync(tls.TLS_CERT_FILE, cert)
        writeFileSync(tls.TLS_KEY_FILE, key, { mode: 0o600 })
        writeSettings(file, { PRODUCT_NAME: product, ...tls })
      }
      install(old, 'Before')
      const stores = {
        DATABASE_URL: await freshDatabase(backend.database, data),
        ...(await freshStore(backend)),
      }
      const gateway = await start(
        { DATA_DIR: data, ...stores, WORKERS: '2' },
        { nodeOptions: [`--env-file=${file}`] },
      )
      const first = await awaitWorkers(gateway, 2)
      expect([await readProduct(gateway), await readCertificate(gateway)]).toEqual(['Before', old.cert])
      const clients = [true, true, true, false].map((keepAlive) =>
        sendConstantly(createClient(gateway.address, { keepAlive })),
      )
      await sleep(300)
      install(next, 'After')
      gateway.child.kill('SIGHUP')
      await awaitEntry(gateway, 'server.reloaded')
      // The old workers end by themselves: each client was told to close its connection.
      await eventually(async () => !first.some(isRunning), 60_000)
      await sleep(200)
      const outcomes = await Promise.all(clients.map((client) => client.stop()))
      for (const [index, all] of outcomes.entries()) {
        expect(all.filter(({ status }) => status !== 200)).toEqual([])
        const closed = all.filter(({ headers }) => headers.connection === 'close')
        expect(index === 3 || closed.length === 1).toBe(true)
      }
      expect([await readProduct(gateway), await readCertificate(gateway)]).toEqual(['After', next.cert])
      await awaitWorkers(gateway, 2)
      expect(await gateway.stop()).toBe(0)
    })
  })
})

describe('gateway reload', () => {
  const { folder, start } = gatewayProcesses()

  it('refuses settings that a start refuses, with the same lines and status, and changes nothing', async () => {
    const data = folder()
    const file = join(data, '.env')
    const environment = { DATA_DIR: data }
    const reload = () => runGateway(environment, ['reload'])
    writeSettings(file, { WORKERS: '1', PRODUCT_NAME: 'Before' })
    const gateway = await start(environment, { nodeOptions: [`--env-file=${file}`] })
    const pids = await awaitWorkers(gateway, 1)

    writeSettings(file, { WORKERS: '1', OTP_LENGTH: '3', LOG_LEVEL: 'loud' })
    const invalid = await reload()
    expect(invalid.status).toBe(78)
    expect(invalid.output).toMatch(
      /^Invalid settings:\n {2}LOG_LEVEL: expected .*\n {2}OTP_LENGTH: expected .*\n$/,
    )

    writeSettings(file, { WORKERS: '1', HOST: '203.0.113.1' })
    const output = 'HOST: 203.0.113.1 is not an address of this machine\n'
    expect(await reload()).toEqual({ status: 78, output })

    writeSettings(file, { WORKERS: '1', METRICS_PORT: '9464' })
    expect(await reload()).toEqual({
      status: 78,
      output: 'Invalid settings:\n  METRICS_PORT: cannot be changed by a reload; restart the gateway\n',
    })
    expect([await awaitWorkers(gateway, 1), await readProduct(gateway)]).toEqual([pids, 'Before'])
    expect(readLog(gateway, 'server.reload_refused')).toHaveLength(3)

    writeSettings(file, { WORKERS: '2', PRODUCT_NAME: 'After' })
    expect(await reload()).toEqual({ status: 0, output: 'reloaded: 2 workers\n' })
    expect(await readProduct(gateway)).toBe('After')
    expect((await awaitWorkers(gateway, 2)).filter((pid) => pids.includes(pid))).toEqual([])
    expect(await gateway.stop()).toBe(0)
    const ended = await reload()
    expect([ended.status, ended.output]).toEqual([1, expect.stringContaining('no gateway with WORKERS runs')])
  })

  it('signals no process other than the one that has written the file', async () => {
    const data = folder()
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'])
    await once(stranger, 'spawn')
    const state = { identity: 'of an earlier process', begun: 0, completed: 0, refusal: null, workers: 1 }
    writeFileSync(join(data, 'gateway.pid'), `${stranger.pid}\n${JSON.stringify(state)}\n`)
    expect((await runGateway({ DATA_DIR: data }, ['reload'])).status).toBe(1)
    // A SIGHUP would have ended it.
    await sleep(100)
    expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null])
    stranger.kill('SIGKILL')
  })
})

/** The certificate that a new connection gets, in PEM. */
async function readCertificate(gateway: GatewayProcess): Promise<string> {
  const { hostname, port } = new URL(gateway.address)
  const socket = connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const pem = socket.getPeerX509Certificate()?.toString() ?? ''
  socket.destroy()
  return pem
}
