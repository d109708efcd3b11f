import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, expect, it } from 'vitest'
import { COMMAND_TIMEOUT_MS, openRedisStore } from '../../../src/adapters/state-store/redis.ts'
import { createLog } from '../../../src/http/log.ts'
import type { StateStore } from '../../../src/ports/state-store.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { eventually, freePort } from '../../support/servers/processes.ts'
import { startRedis, type RedisServer } from '../../support/servers/redis.ts'

const LONG = 60_000
const VERBS: Readonly<Record<string, (store: StateStore) => Promise<unknown>>> = {
  get: (store) => store.get(['key', 'other']),
  set: (store) => store.set('key', 'value', LONG),
  'set where absent': (store) => store.set('key', 'value', LONG, { ifAbsent: true }),
  compareAndSet: (store) => store.compareAndSet('key', 'a', 'b', LONG),
  take: (store) => store.take('key'),
  increment: (store) => store.increment('key', LONG),
  reserve: (store) => store.reserve('key', { max: 5, windowMs: LONG }),
  delete: (store) => store.delete(['key']),
  ping: (store) => store.ping(),
}

describeWith(['redis'], 'the Redis store in trouble', () => {
  const cleanups: (() => unknown)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })

  async function server(extra?: readonly string[]): Promise<RedisServer> {
    const redis = await startRedis(extra)
    cleanups.push(() => redis.stop())
    return redis
  }

  async function storeAt(url: string): Promise<StateStore> {
    const store = await openRedisStore({ url, log: createLog('silent') })
    cleanups.push(() => store.close())
    return store
  }

  /** Every verb (or those named) is unavailable, within a second each. */
  async function expectUnavailable(store: StateStore, verbs = Object.keys(VERBS)): Promise<void> {
    for (const verb of verbs) {
      const started = performance.now()
      await expect(VERBS[verb]?.(store), verb).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
      expect(performance.now() - started, verb).toBeLessThan(1000)
    }
  }

  it('is unavailable while nothing listens, from the start or later, and comes back by itself (134, 137)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await store.set('kept', 'value', LONG)
    await redis.crash()
    await expectUnavailable(store)
    const late = await storeAt(redis.url)
    await expectUnavailable(late)
    await redis.restart()
    for (const recovering of [store, late]) {
      await eventually(() => recovering.ping().then(() => true), 2000)
      expect(await recovering.get(['kept', 'key'])).toEqual([null, null])
    }
  })

  it('is unavailable within the command time-out while the server hangs, and at once when the circuit is open (134, 136)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await store.ping()
    redis.pause()
    const started = performance.now()
    await expect(store.get(['key'])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(performance.now() - started).toBeLessThan(COMMAND_TIMEOUT_MS + 100)
    await expectUnavailable(store)
    // Enough failures in a row have opened the circuit: most calls now fail without waiting at all.
    const waits = []
    for (let call = 0; call < 20; call += 1) {
      const began = performance.now()
      await store.get(['key']).catch(() => undefined)
      waits.push(performance.now() - began)
    }
    expect(waits.sort((a, b) => a - b)[10]).toBeLessThan(5)
    redis.resume()
    await eventually(() => store.ping().then(() => true), 2000)
  })

  it('is not called unavailable because this process paused while the answer was already there (134)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await store.set('key', 'value', LONG)
    const answers = [store.get(['key']), store.increment('counter', LONG)]
    await new Promise(setImmediate)
    const until = performance.now() + 2 * COMMAND_TIMEOUT_MS
    while (performance.now() < until);
    expect(await Promise.all(answers)).toEqual([['value'], { count: 1, resetsInMs: expect.any(Number) }])
  })

  it('makes a new connection where the old one has gone silent (137)', async () => {
    const redis = await server()
    let delayMs = 0
    const proxy = await slowProxy(redis.port, (socket) => (delayMs > 0 && early.has(socket) ? delayMs : 0))
    const early = new Set<Socket>()
    proxy.on('connection', (socket: Socket) => delayMs === 0 && early.add(socket))
    cleanups.push(() => proxy.close())
    const store = await storeAt(`redis://127.0.0.1:${portOf(proxy)}`)
    await store.ping()
    delayMs = 3_600_000
    await expectUnavailable(store, ['get', 'increment'])
    // The connections that went silent stay so; only new ones pass.
    await eventually(() => store.ping().then(() => true), 5000)
  })

  it('gives no request the late answer of another (139)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    for (let index = 0; index < 50; index += 1) await store.set(`key-${index}`, `value-${index}`, LONG)
    redis.pause()
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => store.get([`key-${index}`]).catch(() => undefined)),
    )
    redis.resume()
    await eventually(() => store.ping().then(() => true), 2000)
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => store.get([`key-${index}`])))
    expect(answers).toEqual(Array.from({ length: 50 }, (_, index) => [`value-${index}`]))
  })

  it('runs nothing late that was asked for while there was no connection (137)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await redis.crash()
    await Promise.all(
      Array.from({ length: 20 }, () => store.increment('counter', LONG).catch(() => undefined)),
    )
    await redis.restart()
    await eventually(() => store.ping().then(() => true), 2000)
    await sleep(300)
    expect((await store.increment('counter', LONG)).count).toBe(1)
  })

  it('is unavailable while every answer takes longer than the time-out (134)', async () => {
    const redis = await server()
    const proxy = await slowProxy(redis.port, () => COMMAND_TIMEOUT_MS * 2)
    cleanups.push(() => proxy.close())
    const store = await storeAt(`redis://127.0.0.1:${portOf(proxy)}`)
    await expectUnavailable(store)
  })

  it('is unavailable where a key holds another type (134)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await withClient(redis.url, (client) => client.lpush('gw:key', 'a list'))
    await expectUnavailable(store, ['compareAndSet', 'take', 'increment', 'reserve'])
    // MGET answers null for a list: absent, which sends the question to SQL.
    expect(await store.get(['key'])).toEqual([null])
  })

  it('is unavailable for writing when memory is full (134)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await withClient(redis.url, async (client) => {
      await client.config('SET', 'maxmemory-policy', 'noeviction')
      await client.config('SET', 'maxmemory', '1')
    })
    await expectUnavailable(store, ['set', 'set where absent', 'increment', 'reserve'])
  })

  it('is unavailable for writing on a replica (134)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await withClient(redis.url, async (client) => client.replicaof('127.0.0.1', await freePort()))
    await expectUnavailable(store, ['set', 'set where absent', 'increment', 'reserve', 'take', 'delete'])
  })

  it('is unavailable when the server wants a password (134)', async () => {
    const redis = await server(['--requirepass', 'secret'])
    await expectUnavailable(await storeAt(redis.url))
    const allowed = await storeAt(redis.url.replace('redis://', 'redis://:secret@'))
    expect(await allowed.set('key', 'value', LONG)).toBe(true)
  })

  it.each([
    'LOADING Redis is loading the dataset in memory',
    'MOVED 3999 127.0.0.1:1',
    'CLUSTERDOWN The cluster is down',
    'ERR unknown',
  ])('is unavailable when the server answers %s (134)', async (reply) => {
    const stub = await answering(`-${reply}\r\n`)
    cleanups.push(() => stub.close())
    await expectUnavailable(await storeAt(`redis://127.0.0.1:${portOf(stub)}`))
  })
})

async function withClient<T>(url: string, work: (client: Redis) => Promise<T>): Promise<void> {
  const client = new Redis(url)
  await work(client)
  client.disconnect()
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A server that gives one answer to everything. */
async function answering(reply: string): Promise<Server> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      const commands = chunk.toString().split(/\r\n(?=\*\d+\r\n)/).length
      socket.write(reply.repeat(commands))
    })
  })
  server.once('close', () => sockets.forEach((socket) => socket.destroy()))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return endable(server, sockets)
}

/** Passes bytes on, the answers with a delay in milliseconds. */
async function slowProxy(port: number, delayOf: (client: Socket) => number): Promise<Server> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const upstream = connect(port, '127.0.0.1')
    for (const one of [socket, upstream]) sockets.add(one.on('error', () => undefined))
    socket.pipe(upstream)
    upstream.on('data', (chunk) => {
      setTimeout(() => socket.writable && socket.write(chunk), delayOf(socket)).unref()
    })
    upstream.on('close', () => socket.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return endable(server, sockets)
}

function endable(server: Server, sockets: Set<Socket>): Server {
  const close = server.close.bind(server)
  server.close = (done) => {
    for (const socket of sockets) socket.destroy()
    return close(done)
  }
  return server
}
