import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, expect, it } from 'vitest'
import { COMMAND_TIMEOUT_MS, openRedisStore } from '../../../src/adapters/state-store/redis.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { MINUTE_MS } from '../../../src/core/duration.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import type { StateStore } from '../../../src/ports/state-store.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { eventually, freePort } from '../../support/servers/processes.ts'
import { connectionTo, startRedis, type RedisServer } from '../../support/servers/redis.ts'

const CALLS: Readonly<Record<string, (store: StateStore) => Promise<unknown>>> = {
  get: (store) => store.get(['key', 'other']),
  set: (store) => store.set('key', 'value', MINUTE_MS),
  'set where absent': (store) => store.set('key', 'value', MINUTE_MS, { ifAbsent: true }),
  compareAndSet: (store) => store.compareAndSet('key', 'a', 'b', MINUTE_MS),
  take: (store) => store.take('key'),
  increment: (store) => store.increment('key', MINUTE_MS),
  reserve: (store) => store.reserve('key', { max: 5, windowMs: MINUTE_MS }),
  delete: (store) => store.delete(['key']),
  ping: (store) => store.ping(),
}

describeWith(['redis'], 'the Redis store during faults', () => {
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
    const store = await openRedisStore({
      connection: connectionTo(url),
      log: SILENT_LOGGER,
      random: systemRandom,
    })
    cleanups.push(() => store.close())
    return store
  }

  /** Expects every method, or those named, to be unavailable within a second. */
  async function expectUnavailable(store: StateStore, methods = Object.keys(CALLS)): Promise<void> {
    for (const method of methods) {
      const started = performance.now()
      await expect(CALLS[method]?.(store), method).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
      expect(performance.now() - started, method).toBeLessThan(1000)
    }
  }

  it('is unavailable while the server is down, from the start or later, and reconnects (SR-134, SR-137)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await store.set('kept', 'value', MINUTE_MS)
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

  it('is unavailable within the command timeout while the server hangs, and at once with an open circuit (SR-134, SR-136)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await store.ping()
    redis.pause()
    const started = performance.now()
    await expect(store.get(['key'])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(performance.now() - started).toBeLessThan(COMMAND_TIMEOUT_MS + 100)
    await expectUnavailable(store)
    // Consecutive failures have opened the circuit: most calls now fail without waiting.
    const waits = []
    for (let call = 0; call < 20; call += 1) {
      const started = performance.now()
      await store.get(['key']).catch(() => undefined)
      waits.push(performance.now() - started)
    }
    expect(waits.sort((a, b) => a - b)[10]).toBeLessThan(5)
    redis.resume()
    await eventually(() => store.ping().then(() => true), 2000)
  })

  it('is not reported as unavailable when this process was paused and the response had arrived (SR-134)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await store.set('key', 'value', MINUTE_MS)
    const responses = [store.get(['key']), store.increment('counter', MINUTE_MS)]
    await new Promise(setImmediate)
    const until = performance.now() + 2 * COMMAND_TIMEOUT_MS
    while (performance.now() < until);
    expect(await Promise.all(responses)).toEqual([['value'], { count: 1, resetsInMs: expect.any(Number) }])
  })

  it('replaces a silent connection (SR-137)', async () => {
    const redis = await server()
    let delayMs = 0
    const proxy = await startSlowProxy(redis.port, (socket) =>
      delayMs > 0 && early.has(socket) ? delayMs : 0,
    )
    const early = new Set<Socket>()
    proxy.on('connection', (socket: Socket) => delayMs === 0 && early.add(socket))
    cleanups.push(() => proxy.close())
    const store = await storeAt(`redis://127.0.0.1:${readPort(proxy)}`)
    await store.ping()
    delayMs = 3_600_000
    await expectUnavailable(store, ['get', 'increment'])
    // The old connections stay silent; only new ones work.
    await eventually(() => store.ping().then(() => true), 5000)
  })

  it('never returns the late response of another request (SR-139)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    for (let index = 0; index < 50; index += 1) await store.set(`key-${index}`, `value-${index}`, MINUTE_MS)
    redis.pause()
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => store.get([`key-${index}`]).catch(() => undefined)),
    )
    redis.resume()
    await eventually(() => store.ping().then(() => true), 2000)
    const responses = await Promise.all(Array.from({ length: 50 }, (_, index) => store.get([`key-${index}`])))
    expect(responses).toEqual(Array.from({ length: 50 }, (_, index) => [`value-${index}`]))
  })

  it('does not run commands later that were issued without a connection (SR-137)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await redis.crash()
    await Promise.all(
      Array.from({ length: 20 }, () => store.increment('counter', MINUTE_MS).catch(() => undefined)),
    )
    await redis.restart()
    await eventually(() => store.ping().then(() => true), 2000)
    await sleep(300)
    expect((await store.increment('counter', MINUTE_MS)).count).toBe(1)
  })

  it('is unavailable while every response takes longer than the timeout (SR-134)', async () => {
    const redis = await server()
    const proxy = await startSlowProxy(redis.port, () => COMMAND_TIMEOUT_MS * 2)
    cleanups.push(() => proxy.close())
    const store = await storeAt(`redis://127.0.0.1:${readPort(proxy)}`)
    await expectUnavailable(store)
  })

  it('is unavailable for a key of another type (SR-134)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await withClient(redis.url, (client) => client.lpush('gw:key', 'a list'))
    await expectUnavailable(store, ['compareAndSet', 'take', 'increment', 'reserve'])
    // MGET returns null for a list. The value is then absent, and callers read SQL.
    expect(await store.get(['key'])).toEqual([null])
  })

  it('is unavailable for writes when memory is full (SR-134)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await withClient(redis.url, async (client) => {
      await client.config('SET', 'maxmemory-policy', 'noeviction')
      await client.config('SET', 'maxmemory', '1')
    })
    await expectUnavailable(store, ['set', 'set where absent', 'increment', 'reserve', 'ping'])
  })

  it('is unavailable and not ready without the right to one command (SR-134, SR-169)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await store.ping()
    await withClient(redis.url, (client) => client.call('ACL', ['SETUSER', 'default', '-getdel']))
    await expectUnavailable(store, ['take', 'ping'])
  })

  it('is unavailable for writes on a replica (SR-134)', async () => {
    const redis = await server()
    const store = await storeAt(redis.url)
    await withClient(redis.url, async (client) => client.replicaof('127.0.0.1', await freePort()))
    const writes = ['set', 'set where absent', 'increment', 'reserve', 'take', 'delete']
    await expectUnavailable(store, [...writes, 'ping'])
  })

  it('is unavailable when the server requires a password (SR-134)', async () => {
    const redis = await server(['--requirepass', 'secret'])
    await expectUnavailable(await storeAt(redis.url))
    const allowed = await storeAt(redis.url.replace('redis://', 'redis://:secret@'))
    expect(await allowed.set('key', 'value', MINUTE_MS)).toBe(true)
  })

  it.each([
    'LOADING Redis is loading the dataset in memory',
    'MOVED 3999 127.0.0.1:1',
    'CLUSTERDOWN The cluster is down',
    'ERR unknown',
  ])('is unavailable when the server replies %s (SR-134)', async (reply) => {
    const stub = await startStub(`-${reply}\r\n`)
    cleanups.push(() => stub.close())
    await expectUnavailable(await storeAt(`redis://127.0.0.1:${readPort(stub)}`))
  })
})

async function withClient<T>(url: string, work: (client: Redis) => Promise<T>): Promise<void> {
  const client = new Redis(url)
  await work(client)
  client.disconnect()
}

function readPort(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A server that sends the same reply to every command. */
async function startStub(reply: string): Promise<Server> {
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
  return closeWithSockets(server, sockets)
}

/** A proxy that delays responses by some milliseconds. */
async function startSlowProxy(port: number, readDelay: (client: Socket) => number): Promise<Server> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const upstream = connect(port, '127.0.0.1')
    for (const one of [socket, upstream]) sockets.add(one.on('error', () => undefined))
    socket.pipe(upstream)
    upstream.on('data', (chunk) => {
      setTimeout(() => socket.writable && socket.write(chunk), readDelay(socket)).unref()
    })
    upstream.on('close', () => socket.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return closeWithSockets(server, sockets)
}

function closeWithSockets(server: Server, sockets: Set<Socket>): Server {
  const close = server.close.bind(server)
  server.close = (done) => {
    for (const socket of sockets) socket.destroy()
    return close(done)
  }
  return server
}
