import { Redis } from 'ioredis'
import { createMemoryStore } from '../src/adapters/state-store/memory.ts'
import { openRedisStore } from '../src/adapters/state-store/redis.ts'
import { LIMITS } from '../src/features/limits/limits.ts'
import { LimitService } from '../src/features/limits/limit-service.ts'
import { SILENT_LOGGER } from '../test/support/silent-logger.ts'
import { systemRandom } from '../src/core/secrets.ts'
import type { StateStore } from '../src/ports/state-store.ts'
import { residentBytes } from '../test/support/servers/processes.ts'
import { connectionTo, startRedis } from '../test/support/servers/redis.ts'
import { report, buildTable } from './figures.ts'

// Memory of the counters of a million networks in Redis, in the process that uses it, and in the bounded
// memory store. Each network makes one attempt, as in a botnet.

const MILLION = 1_000_000
const BOUND = 500_000
const MB = 1_000_000

async function reserveAll(store: StateStore, count: number): Promise<number> {
  const limits = new LimitService({ store, hashKey: Buffer.alloc(32, 1), scale: 1, now: Date.now })
  let rejected = 0
  for (let done = 0; done < count; done += 1000)
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) => {
        const n = done + index
        const network = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`
        return limits.reserve(LIMITS.login, network).catch(() => void (rejected += 1))
      }),
    )
  return rejected
}

const server = await startRedis()
const client = new Redis(server.url)
const readUsedMemory = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
const redis = await openRedisStore({
  connection: connectionTo(server.url),
  log: SILENT_LOGGER,
  random: systemRandom,
})
await reserveAll(redis, 20_000)
const [redisBefore, processBefore] = [await readUsedMemory(), residentBytes(process.pid)]
await reserveAll(redis, MILLION)
const [inRedis, inProcess] = [
  (await readUsedMemory()) - redisBefore,
  residentBytes(process.pid) - processBefore,
]
await redis.close()
client.disconnect()
await server.stop()

const memoryBefore = residentBytes(process.pid)
const memory = createMemoryStore({ now: Date.now })
const rejected = await reserveAll(memory, MILLION)
const inMemory = residentBytes(process.pid) - memoryBefore
await memory.close()

const megabytes = (bytes: number) => (bytes / MB).toFixed(0)
const rows = [
  ['Redis', MILLION, megabytes(inRedis), Math.round(inRedis / MILLION)],
  ['the process that uses Redis', MILLION, megabytes(inProcess), Math.round(inProcess / MILLION)],
  [
    `the memory store (bound ${BOUND})`,
    MILLION - rejected,
    megabytes(inMemory),
    Math.round(inMemory / (MILLION - rejected)),
  ],
]
await report(
  'limits',
  `${buildTable(['where', 'counters', 'MB', 'bytes each'], rows)}\n\nNode ${process.versions.node}, growth after one attempt from each of ${MILLION} networks; rejected by the memory store: ${rejected}.`,
)
