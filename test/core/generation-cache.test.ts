import { describe, expect, it } from 'vitest'
import { GenerationCache } from '../../src/core/generation-cache.ts'

const TTL_MS = 1000

interface Box {
  readonly text: string
}

/** A cache with an adjustable clock. */
function createCache(maxBytes = 1_000_000) {
  const clock = { now: 0 }
  const reads: boolean[] = []
  const cache = new GenerationCache<Box>({
    ttlMs: TTL_MS,
    maxBytes,
    measure: ({ text }) => Math.max(1, text.length),
    now: () => clock.now,
    onRead: (isHit) => void reads.push(isHit),
  })
  return { cache, clock, reads }
}

/** A load that ends when it is told to. */
function createLoad() {
  let finish: (value: Box | null) => void = () => undefined
  const calls: number[] = []
  const load = () => {
    calls.push(calls.length)
    return new Promise<Box | null>((resolve) => (finish = resolve))
  }
  return { load, calls, finish: (value: Box | null) => finish(value) }
}

describe('a value of a generation cache', () => {
  it('is returned under its generation, and under no other (SR-231)', async () => {
    const { cache, reads } = createCache()
    await cache.read('key', 'g1', async () => ({ text: 'old' }))
    expect(cache.get('key', 'g1')).toEqual({ text: 'old' })
    expect(cache.get('key', 'g2')).toBeUndefined()
    expect(await cache.read('key', 'g2', async () => ({ text: 'new' }))).toEqual({ text: 'new' })
    expect(cache.get('key', 'g1')).toBeUndefined()
    expect(reads).toEqual([false, true, false, false, false])
  })

  it('expires by the time at which its load began (SR-234)', async () => {
    const { cache, clock } = createCache()
    const { load, finish } = createLoad()
    const reading = cache.read('key', 'g', load)
    clock.now = TTL_MS - 1
    finish({ text: 'x' })
    await reading
    expect(cache.get('key', 'g')).toEqual({ text: 'x' })
    clock.now = TTL_MS
    expect(cache.get('key', 'g')).toBeUndefined()
  })

  it('is evicted before the cache exceeds its bytes, and is not stored if it would fill it', async () => {
    const { cache } = createCache(10_000)
    for (let n = 0; n < 100; n += 1) cache.begin(`key ${n}`, 'g')({ text: 'x'.repeat(400) })
    const kept = Array.from({ length: 100 }, (_, n) => cache.get(`key ${n}`, 'g')).filter(Boolean)
    expect(kept.length).toBeGreaterThan(10)
    expect(kept.length).toBeLessThan(25)
    cache.begin('large', 'g')({ text: 'x'.repeat(5000) })
    expect(cache.get('large', 'g')).toBeUndefined()
  })

  it('that does not exist is loaded again', async () => {
    const { cache } = createCache()
    expect(await cache.read('key', 'g', async () => null)).toBeNull()
    expect(await cache.read('key', 'g', async () => ({ text: 'x' }))).toEqual({ text: 'x' })
  })
})

describe('concurrent reads of a generation cache', () => {
  it('of one key and generation share one load (SR-235)', async () => {
    const { cache } = createCache()
    const { load, calls, finish } = createLoad()
    const readings = Array.from({ length: 100 }, () => cache.read('key', 'g', load))
    finish({ text: 'x' })
    expect(new Set(await Promise.all(readings))).toEqual(new Set([{ text: 'x' }]))
    expect(calls).toHaveLength(1)
  })

  it('do not join a load from before a change (SR-235)', async () => {
    const { cache } = createCache()
    const before = createLoad()
    const early = cache.read('key', 'g1', before.load)
    const late = cache.read('key', 'g2', async () => ({ text: 'new' }))
    expect(await late).toEqual({ text: 'new' })
    before.finish({ text: 'old' })
    expect(await early).toEqual({ text: 'old' })
    // The late value was stored first and is replaced; neither is returned under the other's generation.
    expect(cache.get('key', 'g2')).toBeUndefined()
  })

  it('all fail when the load fails, and the next one loads again', async () => {
    const { cache } = createCache()
    const fail = () => cache.read('key', 'g', () => Promise.reject(new Error('no database')))
    const outcomes = await Promise.allSettled([fail(), fail()])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await cache.read('key', 'g', async () => ({ text: 'x' }))).toEqual({ text: 'x' })
  })
})
