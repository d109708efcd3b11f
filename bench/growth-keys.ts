import { Redis } from 'ioredis'
import { startRedis } from '../test/support/servers/redis.ts'

/** Copies of a key, enough that the tables of Redis count as in a large installation. */
const COPIES = 50_000
const BATCH = 1000
const ENDED = 'ended'

/** A kind of key: its name with `…` for what differs, the bytes of one, and the lifetime of a new one. */
export interface KeyFigures {
  readonly name: string
  readonly bytes: number
  readonly seconds: number
}

interface Sample {
  readonly key: string
  readonly value: Buffer
  readonly ttlMs: number
}

/**
 * Bytes of each kind of key in a Redis. A key of each kind is copied into an empty server, so that the bytes
 * include the share of each key in the tables of keys and expiry times, which `MEMORY USAGE` omits.
 */
export async function measureKeys(url: string): Promise<KeyFigures[]> {
  const samples = await collectSamples(url)
  const scratch = await startRedis()
  const client = new Redis(scratch.url)
  try {
    const figures: KeyFigures[] = []
    for (const [name, sample] of [...samples].sort(([a], [b]) => a.localeCompare(b)))
      figures.push({
        name,
        bytes: await measureCopies(client, sample),
        seconds: Math.ceil(sample.ttlMs / 1000),
      })
    return figures
  } finally {
    client.disconnect()
    await scratch.stop()
  }
}

/** The key of each kind that lives longest. */
async function collectSamples(url: string): Promise<Map<string, Sample>> {
  const client = new Redis(url)
  const samples = new Map<string, Sample>()
  try {
    for (const key of await client.keys('*')) {
      // A key without a lifetime has -1, which `RESTORE` writes as 0.
      const [value, ttlMs] = [await client.dumpBuffer(key), Math.max(0, await client.pttl(key))]
      const name = toKind(key, (await client.type(key)) === 'string' ? await client.get(key) : null)
      if (ttlMs > (samples.get(name)?.ttlMs ?? -1)) samples.set(name, { key, value, ttlMs })
    }
  } finally {
    client.disconnect()
  }
  return samples
}

/** The first two words of a key; ids and hashes follow. The end of a session is a kind of its own. */
export function toKind(key: string, value: string | null): string {
  return `${key.split(':').slice(0, 2).join(':')}${value === ENDED ? ` (${ENDED})` : ''}`
}

async function measureCopies(client: Redis, { key, value, ttlMs }: Sample): Promise<number> {
  await client.flushall()
  const before = await readUsedMemory(client)
  for (let start = 0; start < COPIES; start += BATCH) {
    const pipeline = client.pipeline()
    for (let index = start; index < start + BATCH; index += 1) {
      const mark = String(index).padStart(8, '0')
      pipeline.restore(`${key.slice(0, -mark.length)}${mark}`, ttlMs, value)
    }
    await pipeline.exec()
  }
  return Math.round(((await readUsedMemory(client)) - before) / COPIES)
}

async function readUsedMemory(client: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
}
