import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { EXTREMES, describeOn, freshDatabase, freshStore, type Backend } from '../support/backends.ts'
import { gatewayProcesses, runGateway, signUpAt } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'
import {
  awaitEntry,
  awaitWorkers,
  createClient,
  isRunning,
  openBoundClients,
  readLog,
  sendConstantly,
} from '../support/servers/worker-processes.ts'

/** A hash that takes half a second. */
const SLOW_HASH = { PASSWORD_HASH_PASSES: '50', REQUEST_SECONDS: '60' }
const LOGIN =
  'mutation { login(input: { email: "unknown@example.com", password: "a quiet harbour" }) { __typename } }'

describeOn(EXTREMES, 'a gateway with two workers', (backend: Backend) => {
  const { folder, start } = gatewayProcesses()

  async function environment(): Promise<Record<string, string>> {
    const data = folder()
    const stores = {
      DATABASE_URL: await freshDatabase(backend.database, data),
      ...(await freshStore(backend)),
    }
    return { DATA_DIR: data, ...stores, WORKERS: '2', METRICS_PORT: '0', RATE_LIMIT_SCALE: '1000' }
  }

  it('serves with both, adds up their metrics, replaces one that is killed, and shuts down in order (SR-164)', async () => {
    const gateway = await start(await environment())
    const metrics = String((await awaitEntry(gateway, 'server.listening'))['metrics'])
    const readMetrics = async () => (await fetch(metrics)).text()
    const tokens = await Promise.all(
      ['ada', 'grace', 'edsger'].map((name) => signUpAt(gateway, `${name}@example.com`)),
    )
    const pids = await awaitWorkers(gateway, 2)
    const clients = await openBoundClients(gateway, pids)
    expect(await readEmails(gateway.address, tokens[0] ?? '')).toEqual(['ada@example.com'])
    // Each worker has counted messages of its own, and both read the same number of waiting messages.
    const sent = 'gateway_messages_total{channel="EMAIL",transport="outbox",result="sent"} 3\n'
    await eventually(async () => (await readMetrics()).includes(sent))
    expect(await readMetrics()).toContain('\ngateway_workers 2\n')

    const [killed = 0, other = 0] = pids
    const [, clientOfOther] = clients
    if (!clientOfOther) throw new Error('no client')
    const traffic = sendConstantly(clientOfOther)
    process.kill(killed, 'SIGKILL')
    await awaitEntry(gateway, 'worker.ended', ({ pid }) => pid === killed)
    await awaitEntry(gateway, 'worker.replaced')
    const now = await awaitWorkers(gateway, 2)
    expect([now.includes(other), now.includes(killed)]).toEqual([true, false])
    for (const client of await openBoundClients(gateway, now)) client.close()
    const outcomes = await traffic.stop()
    expect([outcomes.length > 1, outcomes.filter(({ status }) => status !== 200)]).toEqual([true, []])
    // Counters of the worker that ended are kept as they were last read.
    const text = await readMetrics()
    expect([text.includes(sent), text.includes('\ngateway_worker_failures_total 1\n')]).toEqual([true, true])

    expect(await gateway.stop('SIGTERM')).toBe(0)
    clients.forEach((client) => client.close())
    expect([readLog(gateway, 'server.stopped').length, now.filter(isRunning)]).toEqual([3, []])
  })
})

describe('the workers of a gateway', () => {
  const { folder, start } = gatewayProcesses()

  it('fail at their start with the status and the line of a start without workers', async () => {
    const settings = { DATA_DIR: folder(), WORKERS: '2' }
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const inUse = await runGateway({ ...settings, PORT: String(port) })
    server.close()
    expect([inUse.status, lastLine(inUse.output)]).toEqual([
      78,
      `PORT: port ${port} on 127.0.0.1 is already in use`,
    ])
    const memory = await runGateway({ ...settings, STATE_STORE: 'memory' })
    expect([memory.status, lastLine(memory.output)]).toEqual([
      78,
      '  STATE_STORE: must be redis, memcached or database with WORKERS, because processes share it',
    ])
  })

  it('compute no more passwords at a time than one process, and end with their primary process', async () => {
    const settings = { ...SLOW_HASH, WORKERS: '2', PASSWORD_HASH_CONCURRENCY: '1', METRICS_PORT: '0' }
    const gateway = await start({ DATA_DIR: folder(), RATE_LIMIT_SCALE: '1000', ...settings })
    const metrics = String((await awaitEntry(gateway, 'server.listening'))['metrics'])
    const readHashes = async () =>
      /^gateway_password_hashes (\d+)$/m.exec(await (await fetch(metrics)).text())?.[1]
    const [first = 0, second = 0] = await awaitWorkers(gateway, 2)
    const clients = await openBoundClients(gateway, [first, second, second])
    const [holder, waiter, observer] = clients
    if (!holder || !waiter || !observer) throw new Error('no clients')
    const before = performance.now()
    expect((await waiter.send({ query: LOGIN })).status).toBe(200)
    const duration = performance.now() - before

    const held = await holdHash()
    let isDone = false
    const waiting = waiter.send({ query: LOGIN }).finally(() => (isDone = true))
    const observed = new Set<number | null>()
    for (const since = performance.now(); performance.now() - since < 2 * duration; await sleep(50))
      observed.add((await observer.send({ query: '{ __typename }' })).status)
    expect([isDone, [...observed], await readHashes()]).toEqual([false, [200], '1'])
    process.kill(first, 'SIGKILL')
    expect((await held.outcome).failure).not.toBeNull()
    expect(await waiting).toMatchObject({ status: 200, failure: null })
    clients.forEach((client) => client.close())
    const pids = await awaitWorkers(gateway, 2)
    expect(pids).toContain(second)
    await gateway.stop('SIGKILL')
    await eventually(async () => !pids.some(isRunning))

    /** Stops the first worker while it computes a hash. */
    async function holdHash() {
      for (;;) {
        const login = holder?.send({ query: LOGIN })
        await eventually(async () => (await readHashes()) === '1')
        process.kill(first, 'SIGSTOP')
        // It may have finished just before.
        if (login && (await readHashes()) === '1') return { outcome: login }
        process.kill(first, 'SIGCONT')
        await login
      }
    }
  })
})

/** The e-mail addresses that new connections read with a token, whichever worker has them. */
async function readEmails(address: string, token: string): Promise<unknown[]> {
  const client = createClient(address, { keepAlive: false })
  const outcomes = []
  for (let count = 0; count < 4; count += 1)
    outcomes.push(await client.send({ query: '{ me { email } }', token }))
  return [...new Set(outcomes.map(({ text }) => /"email":"([^"]+)"/.exec(text)?.[1]))]
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? ''
}
