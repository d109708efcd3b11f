import { Redis } from 'ioredis'
import { afterEach, expect, it } from 'vitest'
import { openRedisStore } from '../../../src/adapters/state-store/redis.ts'
import { RECORD_TTL_MS } from '../../../src/features/sessions/session-records.ts'
import { createLog } from '../../../src/http/log.ts'
import type { StateStore } from '../../../src/ports/state-store.ts'
import type { Backend } from '../../support/backends.ts'
import { isSignedIn, tryRefresh, type Refreshable } from '../../features/session-steps.ts'
import { startGateway, type TestGateway } from '../../support/gateway.ts'
import { LogoutDocument, MeDocument, RefreshDocument } from '../../generated/graphql.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { startProxy } from '../../support/servers/meddling-proxy.ts'
import { eventually } from '../../support/servers/processes.ts'
import { startRedis, type RedisServer } from '../../support/servers/redis.ts'

const LONG = 60_000
const BACKEND: Backend = { name: 'SQLite and Redis', servers: ['redis'], database: 'sqlite', store: 'redis' }
const WRITES: Readonly<Record<string, (store: StateStore) => Promise<unknown>>> = {
  set: (store) => store.set('key', 'value', LONG),
  'set where absent': (store) => store.set('other', 'value', LONG, { ifAbsent: true }),
  compareAndSet: (store) => store.compareAndSet('key', 'value', 'next', LONG),
  take: (store) => store.take('key'),
  increment: (store) => store.increment('counter', LONG),
  reserve: (store) => store.reserve('places', { max: 500, windowMs: LONG }),
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

  /** A primary, and a replica that has caught up with it. */
  async function pair(): Promise<{ primary: RedisServer; replica: RedisServer }> {
    const primary = await server(['--repl-diskless-sync-delay', '0'])
    const replica = await server(['--replicaof', '127.0.0.1', String(primary.port)])
    await eventually(() => hasCaughtUp(primary))
    return { primary, replica }
  }

  async function storeAt(url: string, waitReplicas = 0): Promise<StateStore> {
    const store = await openRedisStore({ url, waitReplicas, log: createLog('silent') })
    cleanups.push(() => store.close())
    return store
  }

  async function gatewayAt(url: string, waitReplicas = 0): Promise<TestGateway> {
    const gateway = await startGateway(BACKEND, { REDIS_URL: url, REDIS_WAIT_REPLICAS: `${waitReplicas}` })
    cleanups.push(() => gateway.close())
    return gateway
  }

  /** The promise ends, one way or the other, within a second. */
  async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
    const started = performance.now()
    return promise.finally(() => expect(performance.now() - started, what).toBeLessThan(1000))
  }

  async function expectUnacknowledged(store: StateStore): Promise<void> {
    const unavailable = { code: 'SERVICE_UNAVAILABLE' }
    for (const [verb, write] of Object.entries(WRITES)) {
      await soon(expect(write(store), verb).rejects.toMatchObject(unavailable), verb)
      expect(await store.get(['kept'])).toEqual(['value'])
    }
    const burst = Array.from({ length: 100 }, () => store.increment('counter', LONG))
    const outcomes = await soon(Promise.allSettled(burst), 'a burst')
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toEqual([])
    await store.ping()
  }

  it('refuses every write while the replica is away, reads on, and recovers by itself (141)', async () => {
    const { primary, replica } = await pair()
    const store = await storeAt(primary.url, 1)
    await store.set('kept', 'value', LONG)
    for (const [verb, write] of Object.entries(WRITES)) await soon(write(store), verb)
    replica.pause()
    await expectUnacknowledged(store)
    replica.resume()
    await eventually(() => store.set('key', 'value', LONG), 2000)
    await replica.crash()
    await expectUnacknowledged(store)
    await replica.restart()
    await eventually(() => hasCaughtUp(primary))
    await eventually(() => store.set('key', 'value', LONG), 2000)
    for (const [verb, write] of Object.entries(WRITES)) await soon(write(store), verb)
    await expect((await storeAt(primary.url, 2)).take('key')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    })
  })

  it('lets a burst of writes share its waits, and asks no replica where none is wanted (141)', async () => {
    const { primary, replica } = await pair()
    const waits = () => callsOf(primary, 'wait')
    const [before, alone, store] = [await waits(), await storeAt(primary.url), await storeAt(primary.url, 1)]
    for (const write of Object.values(WRITES)) await write(alone)
    expect(await waits()).toBe(before)
    const counts = await Promise.all(Array.from({ length: 200 }, () => store.increment('burst', LONG)))
    expect(new Set(counts.map(({ count }) => count)).size).toBe(200)
    expect(await asking(replica, (client) => client.get('gw:burst'))).toBe('200')
    expect((await waits()) - before).toBeGreaterThan(0)
    expect((await waits()) - before).toBeLessThan(20)
  })

  it('sends a write and its wait over one connection, the wait behind the write (141)', async () => {
    const { primary } = await pair()
    const store = await storeAt(primary.url, 1)
    const monitor = await asking(primary, (client) => client.monitor())
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

  it('answers logout with an error while the replica is away, and ends the session once it is back (141)', async () => {
    const { primary, replica } = await pair()
    const gateway = await gatewayAt(primary.url, 1)
    const { accessToken: token, ...person } = await gateway.signUp()
    await gateway.ask(MeDocument, {}, token)
    replica.pause()
    const refused = await soon(gateway.send(LogoutDocument, {}, { token }), 'logout')
    expect(refused.code).toBe('SERVICE_UNAVAILABLE')
    expect(refused.data?.logout).toBeUndefined()
    expect((await gateway.send(LogoutDocument, {}, { token })).code).toBe('SERVICE_UNAVAILABLE')
    replica.resume()
    await eventually(async () => (await gateway.send(LogoutDocument, {}, { token })).code === undefined, 2000)
    expect(await isSignedIn(gateway, { accessToken: token })).toBe(false)
    expect((await tryRefresh(gateway, person)).code).toBe('TOKEN_INVALID')
    // What was answered outlives the primary.
    expect(await asking(replica, (client) => client.get(recordKey(person)))).toBe('ended')
  })

  it('survives a failover that loses the last writes: refresh at once, access within the life of a record (140)', async () => {
    const { primary, replica } = await pair()
    const line = await startProxy(primary.port)
    cleanups.push(() => line.close())
    await asking(replica, (client) => client.replicaof('127.0.0.1', line.port))
    const before = await gatewayAt(primary.url)
    const [out, silent, going] = [await before.signUp(), await before.signUp(), await before.signUp()]
    for (const { accessToken } of [out, silent, going]) await before.ask(MeDocument, {}, accessToken)
    await eventually(async () => (await asking(replica, (client) => client.exists(recordKey(going)))) === 1)
    line.swallow()
    for (const { accessToken } of [out, silent]) await before.ask(LogoutDocument, {}, accessToken)
    const successor = (await before.ask(RefreshDocument, refreshing(going))).refresh
    await primary.crash()
    await asking(replica, (client) => client.replicaof('NO', 'ONE'))
    const after = await before.sibling({ REDIS_URL: replica.url })
    cleanups.push(() => after.app.close())

    // SQL is the authority of refresh tokens: what was ended is over, what was counted stays counted.
    expect((await tryRefresh(after, out)).code).toBe('TOKEN_INVALID')
    expect((await after.ask(RefreshDocument, refreshing(going))).refresh.refreshToken).toBe(
      successor.refreshToken,
    )
    await after.ask(RefreshDocument, refreshing(successor))
    expect((await tryRefresh(after, going)).code).toBe('REFRESH_REUSED')

    // The end was lost with the primary: the record that outlived it is believed for its life, and no longer.
    expect(await isSignedIn(after, silent)).toBe(true)
    await asking(replica, (client) => age(client, RECORD_TTL_MS))
    after.passTime(RECORD_TTL_MS)
    expect(await isSignedIn(after, silent)).toBe(false)
  })

  it('looks sessions up on the primary, never on a replica that lags (75)', async () => {
    const { primary, replica } = await pair()
    const gateway = await gatewayAt(primary.url)
    const [person, other] = [await gateway.signUp(), await gateway.signUp()]
    for (const { accessToken } of [person, other])
      expect(await isSignedIn(gateway, { accessToken })).toBe(true)
    const asked = await callsOf(primary, 'mget')
    replica.pause()
    await gateway.ask(LogoutDocument, {}, person.accessToken)
    for (let round = 0; round < 20; round += 1) {
      expect(await soon(isSignedIn(gateway, person), 'the one who left')).toBe(false)
      expect(await soon(isSignedIn(gateway, other), 'the one who stayed')).toBe(true)
    }
    expect(await callsOf(primary, 'mget')).toBeGreaterThanOrEqual(asked + 40)
    replica.resume()
    expect([await callsOf(replica, 'mget'), await callsOf(replica, 'get')]).toEqual([0, 0])
    const clients = await asking(replica, (client) => client.client('LIST'))
    const others = String(clients)
      .trim()
      .split('\n')
      .filter((one) => !/ flags=M | cmd=client/.test(one))
    expect(others).toEqual([])
  })
})

/** What a client of its own hears from a server. */
async function asking<T>({ url }: RedisServer, ask: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url)
  try {
    return await ask(client)
  } finally {
    client.disconnect()
  }
}

/** Whether a replica has everything that was written so far. */
function hasCaughtUp(primary: RedisServer): Promise<boolean> {
  return asking(primary, async (client) => {
    // Something of its own to wait for: at offset 0 a replica counts before it has heard anything.
    await client.publish('caught-up', '')
    return (await client.wait(1, 100)) === 1
  })
}

/** How often a server has run a command. */
async function callsOf(server: RedisServer, command: string): Promise<number> {
  const stats = await asking(server, (client) => client.info('commandstats'))
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
}

/** Makes every key of the gateway older by some milliseconds: the clock of Redis cannot be moved. */
async function age(client: Redis, ms: number): Promise<void> {
  for (const key of await client.keys('gw:*')) await client.pexpire(key, (await client.pttl(key)) - ms)
}

function recordKey({ session }: { readonly session: { readonly id: string } }): string {
  return `gw:session:{${session.id}}`
}

function refreshing({ refreshToken }: Refreshable): { refreshToken: string | null } {
  return { refreshToken: refreshToken ?? null }
}
