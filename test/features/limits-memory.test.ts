import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { openRedisStore } from '../../src/adapters/state-store/redis.ts'
import { toNetwork } from '../../src/core/network.ts'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { LimitService } from '../../src/features/limits/limit-service.ts'
import { SILENT_LOGGER } from '../support/silent-logger.ts'
import { systemRandom } from '../../src/core/secrets.ts'
import { freshRedis } from '../support/backends.ts'
import { connectionTo } from '../support/servers/redis.ts'
import { describeWith } from '../support/servers/binaries.ts'

/** A tenth of the number in `npm run bench:limits`. Memory grows linearly. */
const NETWORKS = 100_000
/** The size of a counter in Redis that docs/limits.md and bench/README.md state, in bytes and rounded up. */
const BYTES_PER_COUNTER = 250

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describeWith(['redis'], 'counters of 100,000 networks', () => {
  it('take at most 250 bytes of Redis and 50 bytes of the process each, expire with their window, and have keys of one length (SR-097)', async () => {
    const url = await freshRedis()
    const client = new Redis(url)
    const store = await openRedisStore({
      connection: connectionTo(url),
      log: SILENT_LOGGER,
      random: systemRandom,
    })
    const limits = new LimitService({ store, hashKey: Buffer.alloc(32, 1), scale: 1, now: Date.now })
    const usedByRedis = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
    /** Memory in use after a garbage collection; the resident set would include garbage. */
    const measureMemory = () => {
      collectGarbage()
      const { heapUsed, external } = process.memoryUsage()
      return heapUsed + external
    }
    const claim = (from: number, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => {
          const n = from + index
          return limits.reserve(
            LIMITS.login,
            toNetwork(`2001:db8:${(n >> 16).toString(16)}:${(n & 65_535).toString(16)}::1`),
          )
        }),
      )
    // Allocate the buffers of the connection and the compiled code before the measurement.
    for (let done = 0; done < 20_000; done += 1000) await claim(10_000_000 + done, 1000)
    const [redisBefore, processBefore] = [await usedByRedis(), measureMemory()]
    for (let done = 0; done < NETWORKS; done += 1000) await claim(done, 1000)
    expect((await usedByRedis()) - redisBefore).toBeLessThan(NETWORKS * BYTES_PER_COUNTER)
    expect(measureMemory() - processBefore).toBeLessThan(NETWORKS * 50)
    const keys = await client.scan('0', 'COUNT', 500)
    expect(new Set(keys[1].map((key) => key.length)).size).toBe(1)
    for (const key of keys[1].slice(0, 50)) {
      const left = await client.pttl(key)
      expect(left > 0 && left <= LIMITS.login.windowMs).toBe(true)
    }
    await store.close()
    client.disconnect()
  }, 60_000)
})
