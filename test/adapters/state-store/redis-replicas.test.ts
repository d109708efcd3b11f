import { Redis } from 'ioredis'
import { afterEach, expect, it } from 'vitest'
import { openRedisStore } from '../../../src/adapters/state-store/redis.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { MINUTE_MS } from '../../../src/core/duration.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import type { StateStore } from '../../../src/ports/state-store.ts'
import type { Backend } from '../../support/backends.ts'
import { isSignedIn, tryRefresh, type Refreshable } from '../../features/session-steps.ts'
import { startGateway, type TestGateway } from '../../support/gateway.ts'
import { LogoutDocument, MeDocument, RefreshDocument } from '../../generated/graphql.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { startProxy } from '../../support/servers/fault-proxy.ts'
import { eventually } from '../../support/servers/processes.ts'
import { countCalls, connectionTo, startRedis, type RedisServer } from '../../support/servers/redis.ts'

const BACKEND: Backend = { name: 'SQLite and Redis', servers: ['redis'], database: 'sqlite', store: 'redis' }
const WRITES: Readonly<Record<string, (store: StateStore) => Promise<unknown>>> = {
  set: (store) => store.set('key', 'value', MINUTE_MS),
  'set where absent': (store) => store.set('other', 'value', MINUTE_MS, { ifAbsent: true }),
  compareAndSet: (store) => store.compareAndSet('key', 'value', 'next', MINUTE_MS),
  take: (store) => store.take('key'),
  increment: (store) => store.increment('counter', MINUTE_MS),
  reserve: (store) => store.reserve('claims', { max: 500, windowMs: MINUTE_MS }),
  delete: (store) => store.delete(['key', 'other']),
}

describeWith(['redis'], 'Redis with a replica', () => {
  const cleanups: (() => unknown)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })

  async function server(extra?: readonly string[]): Promise<RedisServer> {
    const redis = await startRedis(extra)
    cleanups.push(() => redis.stop())
    return redis
  }

  /** A primary with a synchronised replica. */
  async function startPair(): Promise<{ primary: RedisServer; replica: RedisServer }> {
    const primary = await server(['--repl-diskless-sync-delay', '0'])
    const replica = await server(['--replicaof', '127.0.0.1', String(primary.port)])
    await eventually(() => hasCaughtUp(primary))
    return { primary, replica }
  }

  async function storeAt(url: string, waitReplicas = 0): Promise<StateStore> {
    const store = await openRedisStore({
      connection: connectionTo(url),
      waitReplicas,
      log: SILENT_LOGGER,
      random: systemRandom,
    })
    cleanups.push(() => store.close())
    return store
  }

  async function gatewayAt(url: string, waitReplicas = 0): Promise<TestGateway> {
    const gateway = await startGateway(BACKEND, { REDIS_URL: url, REDIS_WAIT_REPLICAS: `${waitReplicas}` })
    cleanups.push(() => gateway.close())
    return gateway
  }

  /** Expects the promise to settle within a second. */
  async function expectSoon<T>(promise: Promise<T>, what: string): Promise<T> {
    const started = performance.now()
    return promise.finally(() => expect(performance.now() - started, what).toBeLessThan(1000))
  }

  async function expectUnacknowledged(store: StateStore): Promise<void> {
    const unavailable = { code: 'SERVICE_UNAVAILABLE' }
    for (const [method, write] of Object.entries(WRITES)) {
      await expectSoon(expect(write(store), method).rejects.toMatchObject(unavailable), method)
      expect(await store.get(['kept'])).toEqual(['value'])
    }
    const burst = Array.from({ length: 100 }, () => store.increment('counter', MINUTE_MS))
    const outcomes = await expectSoon(Promise.allSettled(burst), 'a burst')
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([])
    await store.ping()
  }

  it('rejects every write while the replica is down, continues to read, and recovers (SR-141)', async () => {
    const { primary, replica } = await startPair()
    const store = await storeAt(primary.url, 1)
    await store.set('kept', 'value', MINUTE_MS)
    for (const [method, write] of Object.entries(WRITES)) await expectSoon(write(store), method)
    replica.pause()
    await expectUnacknowledged(store)
    replica.resume()
    await eventually(() => store.set('key', 'value', MINUTE_MS), 2000)
    await replica.crash()
    await expectUnacknowledged(store)
    await replica.restart()
    await eventually(() => hasCaughtUp(primary))
    await eventually(() => store.set('key', 'value', MINUTE_MS), 2000)
    for (const [method, write] of Object.entries(WRITES)) await expectSoon(write(store), method)
    await expect((await storeAt(primary.url, 2)).take('key')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    })
  })

  it('shares WAIT commands in a burst of writes, and sends none without required replicas (SR-141)', async () => {
    const { primary, replica } = await startPair()
    const waits = () => countCallsOf(primary, 'wait')
    const [before, alone, store] = [await waits(), await storeAt(primary.url), await storeAt(primary.url, 1)]
    for (const write of Object.values(WRITES)) await write(alone)
    expect(await waits()).toBe(before)
    const counts = await Promise.all(Array.from({ length: 200 }, () => store.increment('burst', MINUTE_MS)))
    expect(new Set(counts.map(({ count }) => count)).size).toBe(200)
    expect(await withClient(replica, (client) => client.get('gw:burst'))).toBe('200')
    expect((await waits()) - before).toBeGreaterThan(0)
    expect((await waits()) - before).toBeLessThan(20)
  })

  it('sends a write and its WAIT in this order over one connection (SR-141)', async () => {
    const { primary } = await startPair()
    const store = await storeAt(primary.url, 1)
    const monitor = await withClient(primary, (client) => client.monitor())
    cleanups.push(() => monitor.disconnect())
    const seen: { command: string; source: string }[] = []
    monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
      const own = source !== 'lua' && /^(set|eval|evalsha|getdel|del|wait)$/.test(command)
      if (own) seen.push({ command, source })
    })
    for (const write of Object.values(WRITES)) await write(store)
    await eventually(async () => / del wait$/.test(seen.map(({ command }) => command).join(' ')), 2000)
    expect(new Set(seen.map(({ source }) => source)).size).toBe(1)
    expect(seen.map(({ command }) => command).join(' ')).toMatch(
      /^set wait set wait( evalsha wait( eval wait)?)+ getdel wait( evalsha wait( eval wait)?)+ del del wait$/,
    )
  })

  it('returns an error for logout while the replica is down, and ends the session after its return (SR-141)', async () => {
    const { primary, replica } = await startPair()
    const gateway = await gatewayAt(primary.url, 1)
    const { accessToken: token, ...person } = await gateway.signUp()
    await gateway.ask(MeDocument, {}, token)
    replica.pause()
    const refused = await expectSoon(gateway.send(LogoutDocument, {}, { token }), 'logout')
    expect(refused.code).toBe('SERVICE_UNAVAILABLE')
    expect(refused.data?.logout).toBeUndefined()
    expect((await gateway.send(LogoutDocument, {}, { token })).code).toBe('SERVICE_UNAVAILABLE')
    replica.resume()
    await eventually(async () => (await gateway.send(LogoutDocument, {}, { token })).code === undefined, 2000)
    expect(await isSignedIn(gateway, { accessToken: token })).toBe(false)
    expect((await tryRefresh(gateway, person)).code).toBe('TOKEN_INVALID')
    // Confirmed writes survive the primary.
    expect(await withClient(replica, (client) => client.get(recordKey(person)))).toBe('ended')
  })

  it('recovers from a failover that loses writes: refresh at once, access within the lifetime of a record (SR-140)', async () => {
    const { primary, replica } = await startPair()
    const proxy = await startProxy(primary.port)
    cleanups.push(() => proxy.close())
    await withClient(replica, (client) => client.replicaof('127.0.0.1', proxy.port))
    const before = await gatewayAt(primary.url)
    const [out, silent, going] = [await before.signUp(), await before.signUp(), await before.signUp()]
    for (const { accessToken } of [out, silent, going]) await before.ask(MeDocument, {}, accessToken)
    await eventually(
      async () => (await withClient(replica, (client) => client.exists(recordKey(going)))) === 1,
    )
    proxy.dropResponses()
    for (const { accessToken } of [out, silent]) await before.ask(LogoutDocument, {}, accessToken)
    const successor = (await before.ask(RefreshDocument, refreshing(going))).refresh
    await primary.crash()
    await withClient(replica, (client) => client.replicaof('NO', 'ONE'))
    const after = await before.sibling({ REDIS_URL: replica.url })
    cleanups.push(() => after.app.close())

    // SQL is authoritative for refresh tokens: ended sessions and rotations are not lost.
    expect((await tryRefresh(after, out)).code).toBe('TOKEN_INVALID')
    expect((await after.ask(RefreshDocument, refreshing(going))).refresh.refreshToken).toBe(
      successor.refreshToken,
    )
    await after.ask(RefreshDocument, refreshing(successor))
    expect((await tryRefresh(after, going)).code).toBe('REFRESH_REUSED')

    // The revocation was lost with the primary: the replica's record is valid until it expires.
    expect(await isSignedIn(after, silent)).toBe(true)
    await withClient(replica, (client) => ageKeys(client, MINUTE_MS))
    after.passTime(MINUTE_MS)
    expect(await isSignedIn(after, silent)).toBe(false)
  })

  it('reads sessions from the primary, never from a lagging replica (SR-075)', async () => {
    const { primary, replica } = await startPair()
    const gateway = await gatewayAt(primary.url)
    const [person, other] = [await gateway.signUp(), await gateway.signUp()]
    for (const { accessToken } of [person, other])
      expect(await isSignedIn(gateway, { accessToken })).toBe(true)
    const before = await countCallsOf(primary, 'mget')
    replica.pause()
    await gateway.ask(LogoutDocument, {}, person.accessToken)
    for (let round = 0; round < 20; round += 1) {
      expect(await expectSoon(isSignedIn(gateway, person), 'the signed-out user')).toBe(false)
      expect(await expectSoon(isSignedIn(gateway, other), 'the other user')).toBe(true)
    }
    expect(await countCallsOf(primary, 'mget')).toBeGreaterThanOrEqual(before + 40)
    replica.resume()
    expect([await countCallsOf(replica, 'mget'), await countCallsOf(replica, 'get')]).toEqual([0, 0])
    const clients = await withClient(replica, (client) => client.client('LIST'))
    const others = String(clients)
      .trim()
      .split('\n')
      .filter((one) => !/ flags=M | cmd=client/.test(one))
    expect(others).toEqual([])
  })
})

/** Runs commands on a separate connection to a server. */
async function withClient<T>({ url }: RedisServer, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url)
  try {
    return await work(client)
  } finally {
    client.disconnect()
  }
}

/** Whether a replica has received all writes so far. */
function hasCaughtUp(primary: RedisServer): Promise<boolean> {
  return withClient(primary, async (client) => {
    // A write to wait for: at offset 0 a replica counts as synchronised before it is.
    await client.publish('caught-up', '')
    return (await client.wait(1, 100)) === 1
  })
}

/** Number of times a server has run a command. */
function countCallsOf(server: RedisServer, command: string): Promise<number> {
  return withClient(server, (client) => countCalls(client, command))
}

/** Ages every key of the gateway by some milliseconds, because the clock of Redis cannot be changed. */
async function ageKeys(client: Redis, ms: number): Promise<void> {
  for (const key of await client.keys('gw:*')) await client.pexpire(key, (await client.pttl(key)) - ms)
}

function recordKey({ session }: { readonly session: { readonly id: string } }): string {
  return `gw:session:{${session.id}}`
}

function refreshing({ refreshToken }: Refreshable): { refreshToken: string | null } {
  return { refreshToken: refreshToken ?? null }
}
