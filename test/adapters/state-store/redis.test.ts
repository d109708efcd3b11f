import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { openRedisStore } from '../../../src/adapters/state-store/redis.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { freshRedis } from '../../support/backends.ts'
import { stateStoreContract } from './contract/state-store.ts'
import { connectionTo } from '../../support/servers/redis.ts'
import { describeWith } from '../../support/servers/binaries.ts'

describeWith(['redis'], 'the Redis store keeps the contract (SR-150)', () => {
  const open = async () => {
    const url = await freshRedis()
    const store = await openRedisStore({
      connection: connectionTo(url),
      log: SILENT_LOGGER,
      random: systemRandom,
    })
    return { store, url, passTime: async (ms: number) => void (await sleep(ms)), close: () => store.close() }
  }
  stateStoreContract(open)

  it('writes no key without a time to live, and none outside its prefix (SR-088, SR-147)', async () => {
    const { store, url, close } = await open()
    await store.set('a', '1', 60_000)
    await store.increment('b', 60_000)
    await store.reserve('c', { max: 1, windowMs: 60_000 })
    await store.compareAndSet('a', '1', '2', 60_000)
    const client = new Redis(url)
    const keys = (await client.keys('*')).sort()
    expect(keys).toEqual(['gw:a', 'gw:b', 'gw:c'])
    for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(0)
    // A counter without a time to live, for example after manual changes, gets one at the next increment.
    await client.persist('gw:b')
    expect((await store.increment('b', 60_000)).resetsInMs).toBe(60_000)
    expect(await client.pttl('gw:b')).toBeGreaterThan(0)
    client.disconnect()
    await close()
  })

  it('counts what starts together in one command, in the order of the calls (SR-145)', async () => {
    const { store, url, close } = await open()
    const client = new Redis(url)
    await store.set('text', 'no counter', 60_000)
    await client.config('RESETSTAT')
    const counted = await Promise.allSettled(
      ['a', 'b', 'text', 'a'].map((key) => store.increment(key, 60_000)),
    )
    expect(counted.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    const counts = counted.flatMap((one) => (one.status === 'fulfilled' ? [one.value.count] : []))
    expect(counts).toEqual([1, 1, 2])
    expect(await client.info('commandstats')).toMatch(/cmdstat_evalsha:calls=1,/)
    await expect(store.increment('text', 60_000)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    client.disconnect()
    await close()
  })

  it('never fails with NOSCRIPT when scripts are flushed (SR-145)', async () => {
    const { store, url, close } = await open()
    const client = new Redis(url)
    for (let round = 0; round < 10; round += 1) {
      await client.script('FLUSH')
      const calls = Array.from({ length: 20 }, () => store.increment(`flushed-${round}`, 60_000))
      const counts = await Promise.all([
        ...calls,
        client.script('FLUSH').then(() => store.increment(`flushed-${round}`, 60_000)),
      ])
      expect(Math.max(...counts.map(({ count }) => count))).toBe(21)
      expect(await store.compareAndSet(`flushed-${round}`, '21', '22', 60_000)).toBe(true)
    }
    client.disconnect()
    await close()
  })
})
