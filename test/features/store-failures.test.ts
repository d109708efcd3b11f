import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMAND_TIMEOUT_MS } from '../../src/adapters/state-store/redis.ts'
import {
  LogoutDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
  type SignInFragment,
} from '../generated/graphql.ts'
import { LoginDocument, MeDocument } from '../generated/graphql.ts'
import type { Backend } from '../support/backends.ts'
import { FAILURES, OPERATIONS, type Failure, type Operation } from '../support/failures.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { startProxy, type FaultProxy } from '../support/servers/fault-proxy.ts'
import { eventually, freePort } from '../support/servers/processes.ts'
import { startRedisCluster, type RedisClusterServers } from '../support/servers/redis-cluster.ts'
import { startRedis, type RedisServer } from '../support/servers/redis.ts'
import { isSignedIn, signInAgain, tryRefresh } from './session-steps.ts'

const BACKEND: Backend = { name: 'SQLite and Redis', servers: ['redis'], database: 'sqlite', store: 'redis' }
const SETTINGS = { RATE_LIMIT_SCALE: '1000', SESSIONS_PER_USER: '100' }

/** What the operations of one row act on; each has a session or a code of its own. */
interface Subjects {
  readonly email: string
  readonly reading: SignInFragment
  readonly refreshing: SignInFragment
  readonly leaving: SignInFragment
  readonly challengeId: string
  readonly code: string
}

async function prepare(gateway: TestGateway): Promise<Subjects> {
  const { email, ...reading } = await gateway.signUp()
  const [refreshing, leaving] = [await signInAgain(gateway, email), await signInAgain(gateway, email)]
  // Counts, so that the keys of the limits exist.
  await tryRefresh(gateway, await signInAgain(gateway, email))
  for (const person of [reading, refreshing, leaving]) expect(await isSignedIn(gateway, person)).toBe(true)
  const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
  const code = requestOtp.otpCode ?? (await gateway.codeFor(email))
  return { email, reading, refreshing, leaving, challengeId: requestOtp.challengeId, code }
}

/** The code of the response; undefined: served. */
function run(
  gateway: TestGateway,
  operation: Operation,
  subjects: Subjects,
): Promise<{ code: string | undefined }> {
  const { email, reading, refreshing, leaving, challengeId, code } = subjects
  switch (operation) {
    case 'public query':
      return gateway.sendText('{ __typename }')
    case 'protected query':
      return gateway.send(MeDocument, {}, { token: reading.accessToken })
    case 'login':
      return gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
    case 'requestOtp':
      return gateway.send(RequestOtpDocument, { input: { email: newAddress(), purpose: 'LOGIN' } })
    case 'verifyOtp':
      return gateway.send(VerifyOtpDocument, { input: { challengeId, code, purpose: 'LOGIN' } })
    case 'refresh':
      return tryRefresh(gateway, refreshing)
    case 'logout':
      return gateway.send(LogoutDocument, {}, { token: leaving.accessToken })
  }
}

/** One test for each cell of a row. `begin` and `end`: of the fault. */
function describeRow(
  name: Failure,
  open: () => TestGateway,
  { begin, end }: { readonly begin: () => Promise<unknown>; readonly end: () => Promise<unknown> },
): void {
  describe(name, () => {
    const { outcomes } = FAILURES[name]
    let subjects: Subjects
    beforeAll(async () => {
      await eventually(() =>
        open()
          .app.http.app.inject('/readyz')
          .then(({ statusCode }) => statusCode === 200),
      )
      // The fault of the row before can last: a replica has to catch up before writes are confirmed.
      subjects = await eventually(() => prepare(open()))
      await begin()
    })
    afterAll(() => end())

    for (const operation of OPERATIONS)
      it(`${operation}: ${outcomes[operation]} (SR-134)`, async () => {
        const { code } = await run(open(), operation, subjects)
        expect(code).toBe(outcomes[operation] === 'served' ? undefined : 'SERVICE_UNAVAILABLE')
      })

    it('ends without a restart, and has consumed neither a refresh token nor an active session (SR-134, SR-137)', async () => {
      await end()
      const { reading, refreshing } = subjects
      await eventually(() => isSignedIn(open(), reading))
      const refreshed = await eventually(() =>
        tryRefresh(open(), refreshing).then((response) => response.data ?? undefined),
      )
      expect(await isSignedIn(open(), refreshed.refresh)).toBe(true)
    })
  })
}

describeWith(['redis'], 'an operation during a fault of Redis', () => {
  let redis: RedisServer
  let proxy: FaultProxy
  let gateway: TestGateway
  beforeAll(async () => {
    redis = await startRedis()
    proxy = await startProxy(redis.port)
    gateway = await startGateway(BACKEND, { ...SETTINGS, REDIS_URL: `redis://127.0.0.1:${proxy.port}` })
  })
  afterAll(async () => {
    await gateway.close()
    proxy.close()
    await redis.stop()
  })

  const command =
    (name: string, ...args: string[]) =>
    async () => {
      const client = new Redis(redis.port)
      await client.call(name, args).finally(() => client.disconnect())
    }
  const failWith = (error: string) => ({
    begin: async () => proxy.respondWith(error),
    end: async () => proxy.respondWith(null),
  })
  const rows: readonly [Failure, { begin: () => Promise<unknown>; end: () => Promise<unknown> }][] = [
    ['hung', { begin: async () => redis.pause(), end: async () => redis.resume() }],
    [
      'slow',
      {
        begin: async () => proxy.delayResponses(2 * COMMAND_TIMEOUT_MS),
        end: async () => proxy.delayResponses(0),
      },
    ],
    ['loading', failWith('LOADING Redis is loading the dataset in memory')],
    ['moved', failWith('MOVED 3999 127.0.0.1:1')],
    [
      'forbidden',
      {
        begin: command('ACL', 'SETUSER', 'default', '-@read', '-@write', '-@scripting'),
        end: command('ACL', 'SETUSER', 'default', '+@all'),
      },
    ],
    ['wrong type', { begin: replaceByLists, end: command('FLUSHALL') }],
    [
      'memory full',
      { begin: command('CONFIG', 'SET', 'maxmemory', '1'), end: command('CONFIG', 'SET', 'maxmemory', '0') },
    ],
    [
      'read-only',
      {
        begin: async () => command('REPLICAOF', '127.0.0.1', String(await freePort()))(),
        end: command('REPLICAOF', 'NO', 'ONE'),
      },
    ],
    ['refused', { begin: () => redis.crash(), end: () => restartOnce() }],
  ]
  for (const [name, fault] of rows) describeRow(name, () => gateway, fault)

  let isDown = true
  async function restartOnce(): Promise<void> {
    if (isDown) await redis.restart()
    isDown = false
  }

  async function replaceByLists(): Promise<void> {
    const client = new Redis(redis.port)
    for (const key of await client.keys('gw:*')) await client.multi().del(key).lpush(key, 'a list').exec()
    client.disconnect()
  }
})

describeWith(['redis'], 'an operation while a replica of Redis is behind', () => {
  let primary: RedisServer
  let replica: RedisServer
  const gateways: TestGateway[] = []
  beforeAll(async () => {
    primary = await startRedis(['--repl-diskless-sync-delay', '0'])
    replica = await startRedis(['--replicaof', '127.0.0.1', String(primary.port)])
    for (const waitReplicas of ['0', '1'])
      gateways.push(
        await startGateway(BACKEND, {
          ...SETTINGS,
          REDIS_URL: primary.url,
          REDIS_WAIT_REPLICAS: waitReplicas,
        }),
      )
  })
  afterAll(async () => {
    for (const gateway of gateways) await gateway.close()
    for (const server of [replica, primary]) await server.stop()
  })

  const pauses = { begin: async () => replica.pause(), end: async () => replica.resume() }
  const open = (index: number) => () => gateways[index] ?? fail()
  describeRow('lagging replica', open(0), pauses)
  describeRow('unconfirmed writes', open(1), pauses)
})

describeWith(['redis'], 'an operation while slots of a cluster move', () => {
  let cluster: RedisClusterServers
  let gateway: TestGateway
  let moving: Promise<void> | undefined
  let isOver = false
  beforeAll(async () => {
    cluster = await startRedisCluster()
    gateway = await startGateway(
      { ...BACKEND, store: 'redis-cluster' },
      { ...SETTINGS, REDIS_CLUSTER: cluster.seeds, REDIS_PREFIX: 'gw' },
    )
  })
  afterAll(async () => {
    await gateway.close()
    await cluster.stop()
  })

  /** Moves every slot that has keys to the next primary, one after the other. */
  async function moveSlots(): Promise<void> {
    while (!isOver)
      for (const [index, node] of cluster.primaries.entries()) {
        const target = cluster.primaries[(index + 1) % cluster.primaries.length] ?? fail()
        const keys = await cluster.onNode(node, (client) => client.keys('*'))
        const slots = await cluster.onNode(node, (client) =>
          Promise.all(keys.map((key) => client.cluster('KEYSLOT', key))),
        )
        for (const slot of new Set(slots.slice(0, 20))) if (!isOver) await cluster.moveSlot(slot, target)
      }
  }

  describeRow('resharding', () => gateway, {
    begin: async () => void (moving = moveSlots()),
    async end() {
      isOver = true
      await moving
    },
  })
})

function fail(): never {
  throw new Error('not started')
}
