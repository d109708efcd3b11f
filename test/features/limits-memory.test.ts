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
import { describeWith } from '../support/servers/binaries.ts'

/** A tenth of what `npm run bench:limits` measures; the growth is the same for each. */
const NETWORKS = 100_000
/** What docs/limits.md and bench/README.md say of one counter in Redis, rounded up, in bytes. */
const OCTETS_EACH = 250

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describeWith(['redis'], 'counters of very many networks', () => {
  it('take so many bytes of Redis each and none of the process, end with their window, and do not grow with what is sent (SR-097)', async () => {
    const url = await freshRedis()
    const client = new Redis(url)
    const store = await openRedisStore({ url, log: SILENT_LOGGER, random: systemRandom })
    const limits = new LimitService({ store, hashKey: Buffer.alloc(32, 1), scale: 1, now: Date.now })
    const usedByRedis = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
    /** What is kept once the garbage is gone: the resident set has garbage in it. */
    const kept = () => {
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
    // The connection's buffers and the compiled code are there before anything is measured.
    for (let done = 0; done < 20_000; done += 1000) await claim(10_000_000 + done, 1000)
    const [redisBefore, processBefore] = [await usedByRedis(), kept()]
    for (let done = 0; done < NETWORKS; done += 1000) await claim(done, 1000)
    expect((await usedByRedis()) - redisBefore).toBeLessThan(NETWORKS * OCTETS_EACH)
    expect(kept() - processBefore).toBeLessThan(NETWORKS * 50)
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
