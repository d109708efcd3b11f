import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { MemcachedStore } from '../../../src/adapters/state-store/memcached.ts'
import { DAY_MS, MINUTE_MS } from '../../../src/core/duration.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { startMemcached, type MemcachedServer } from '../../support/servers/memcached.ts'
import { eventually } from '../../support/servers/processes.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { stateStoreContract } from './contract/state-store.ts'

describeWith(['memcached'], 'the Memcached store', () => {
  let prefixes = 0
  const servers: Promise<readonly MemcachedServer[]> = Promise.all([startMemcached(), startMemcached()])
  afterAll(async () => {
    for (const server of await servers) await server.stop()
  })

  async function openStore(prefix = `test${(prefixes += 1)}`, now: () => number = Date.now) {
    const addresses = (await servers).map(({ port }) => ({ host: '127.0.0.1', port }))
    return new MemcachedStore({
      config: { servers: addresses, tls: null, prefix },
      now,
      random: systemRandom,
      log: SILENT_LOGGER,
    })
  }

  stateStoreContract(async () => {
    const store = await openStore()
    return { store, passTime: async (ms) => void (await sleep(ms)), close: () => store.close() }
  })

  it('shares its keys with another node, and not with another prefix (SR-266)', async () => {
    const [one, node, other] = await Promise.all([
      openStore('shared'),
      openStore('shared'),
      openStore('other'),
    ])
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`)
    for (const key of keys) await one.set(key, key, MINUTE_MS)
    expect(await node.get(keys)).toEqual(keys)
    expect(await other.get(keys)).toEqual(keys.map(() => null))
    for (const store of [one, node, other]) await store.close()
  })

  it('ends a time to live of more than 30 days by the clock of the gateway (SR-149)', async () => {
    let time = Date.now()
    const store = await openStore('days', () => time)
    await store.set('key', 'value', 31 * DAY_MS)
    await store.increment('counter', 31 * DAY_MS)
    time += 31 * DAY_MS - 1000
    expect(await store.get(['key', 'counter'])).toEqual(['value', '1'])
    time += 1000
    expect(await store.get(['key', 'counter'])).toEqual([null, null])
    expect(await store.increment('counter', MINUTE_MS)).toMatchObject({ count: 1 })
    expect(await store.set('key', 'next', MINUTE_MS, { ifAbsent: true })).toBe(true)
    await store.close()
  })

  it('is unavailable for the keys of a server that is down or hangs, serves the others, and recovers (SR-134)', async () => {
    const store = await openStore('faults')
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`)
    for (const key of keys) await store.set(key, key, MINUTE_MS)
    const [first] = await servers
    if (!first) throw new Error('no server')
    const readAll = () =>
      Promise.all(
        keys.map((key) =>
          store.get([key]).then(
            ([value]) => value,
            (error: { code?: unknown }) => error.code,
          ),
        ),
      )
    for (const fault of ['pause', 'crash'] as const) {
      await first[fault]()
      const seen = await readAll()
      expect(seen).toContain('SERVICE_UNAVAILABLE')
      expect(keys).toEqual(expect.arrayContaining(seen.filter((value) => value !== 'SERVICE_UNAVAILABLE')))
      expect(seen.filter((value) => value !== 'SERVICE_UNAVAILABLE').length).toBeGreaterThan(0)
      await expect(store.ping()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
      await (fault === 'pause' ? first.resume() : first.restart())
      await eventually(() => store.ping().then(() => true))
    }
    // What a restart has lost is absent, and never the value of another key.
    for (const [index, value] of (await readAll()).entries()) expect([keys[index], null]).toContain(value)
    await store.close()
  })

  it('rejects what does not fit into a full server, and keeps what it has (SR-267)', async () => {
    const small = await startMemcached(['-M', '-m', '1', '-I', '512k'])
    const config = { servers: [{ host: '127.0.0.1', port: small.port }], tls: null, prefix: 'full' }
    const store = new MemcachedStore({ config, now: Date.now, random: systemRandom, log: SILENT_LOGGER })
    await store.increment('attempts', MINUTE_MS)
    const fill = (index: number) => store.set(`key-${index}`, 'x'.repeat(100_000), MINUTE_MS)
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, (_, index) => fill(index)))
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
    await eventually(() => store.get(['attempts']).then(([count]) => count === '1'))
    await store.close()
    await small.stop()
  })
})
