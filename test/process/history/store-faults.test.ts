import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { describeWith } from '../../support/servers/binaries.ts'
import { gatewayProcesses, signUpAt } from '../../support/servers/gateway-process.ts'
import { eventually } from '../../support/servers/processes.ts'
import { startRedisCluster } from '../../support/servers/redis-cluster.ts'
import { startSentinelGroup } from '../../support/servers/redis-sentinel.ts'
import { startRedis } from '../../support/servers/redis.ts'
import { createRecorder } from './calls.ts'
import { formatViolation } from './check-refresh.ts'
import { findViolations } from './check.ts'
import { createClients } from './clients.ts'
import { startNodes } from './nodes.ts'
import { isRevocation, type Call } from './record.ts'
import { createWallets } from './wallets.ts'

const ACCOUNTS = ['ada', 'grace', 'edsger'].map((name) => `${name}@example.com`)
const CLIENTS = 8
const SECONDS = 5
const SETTINGS = {
  LOG_LEVEL: 'info',
  RATE_LIMIT_SCALE: '1000000',
  SESSIONS_PER_USER: '1000',
  ACCESS_TOKEN_MINUTES: '1440',
}

/** The recorded history of two gateways whose store fails, checked against their guarantees. */
describeWith(['redis'], 'sessions', () => {
  const processes = gatewayProcesses()

  /** Runs clients while `disturb` runs, and then reads every session. Returns the calls, in their order. */
  async function record(
    settings: Record<string, string>,
    disturb: () => Promise<void>,
  ): Promise<readonly Call[]> {
    const environment = { DATA_DIR: processes.folder(), ...SETTINGS, ...settings }
    const nodes = await startNodes(['A', 'B'], () => processes.start(environment))
    const recorder = createRecorder()
    const options = { wallets: createWallets(), accounts: ACCOUNTS, password: 'a quiet harbour at dawn' }
    const clients = createClients({ ...options, nodes: nodes.all, recorder })
    const [first] = nodes.all
    if (!first) throw new Error('there is no node')
    for (const account of ACCOUNTS) await signUpAt(first.gateway, account)
    await Promise.all(
      ACCOUNTS.flatMap((account) => [1, 2, 3].map(() => clients.signIn('beginning', first, account))),
    )
    let isOver = false
    const running = Array.from({ length: CLIENTS }, (_, index) =>
      clients.run(`client ${index}`, index + 1, () => isOver),
    )
    await sleep(1500)
    await disturb()
    await sleep(1500)
    isOver = true
    await Promise.all(running)
    await clients.lookAtAll()
    for (const { gateway } of nodes.all) expect(gateway.child.exitCode).toBeNull()
    return recorder.calls
  }

  function expectGuarantees(calls: readonly Call[]): void {
    expect(findViolations(calls).map(formatViolation)).toEqual([])
    const isOk = ({ outcome }: Call) => outcome.kind === 'ok'
    expect(calls.filter((call) => isOk(call) && call.operation.name === 'refresh').length).toBeGreaterThan(10)
    expect(calls.filter((call) => isOk(call) && isRevocation(call)).length).toBeGreaterThan(0)
  }

  it('keep every guarantee while Redis loses all its data again and again (SR-135)', async () => {
    const redis = await startRedis()
    const calls = await record({ REDIS_URL: redis.url }, async () => {
      const client = new Redis(redis.port)
      for (const until = performance.now() + SECONDS * 1000; performance.now() < until; await sleep(100))
        await client.flushall()
      client.disconnect()
    })
    expectGuarantees(calls)
    expect(calls.filter(({ outcome }) => outcome.kind === 'unknown')).toEqual([])
    await redis.stop()
  })

  it('keep every guarantee while Sentinels replace the primary (SR-140, SR-154)', async () => {
    const group = await startSentinelGroup({ replicas: 2 })
    const settings = {
      REDIS_SENTINELS: group.sentinels,
      REDIS_SENTINEL_NAME: group.name,
      REDIS_WAIT_REPLICAS: '1',
    }
    const calls = await record(settings, async () => {
      const before = await group.findPrimary()
      await before.crash()
      await eventually(async () => (await group.findPrimary()).port !== before.port)
      await before.restart()
    })
    expectGuarantees(calls)
    await group.stop()
  })

  it('keep every guarantee while a primary of a cluster is replaced (SR-140, SR-154)', async () => {
    const cluster = await startRedisCluster({ replicas: 1 })
    const calls = await record({ REDIS_CLUSTER: cluster.seeds, REDIS_WAIT_REPLICAS: '1' }, async () => {
      const [victim] = cluster.primaries
      const [replica] = cluster.replicas
      if (!victim || !replica) throw new Error('there is no node')
      await victim.crash()
      await eventually(() =>
        cluster.onNode(replica, async (client) => (await client.info('replication')).includes('role:master')),
      )
      await victim.restart()
    })
    expectGuarantees(calls)
    await cluster.stop()
  })
})
