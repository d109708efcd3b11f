import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../../src/adapters/state-store/memory.ts'
import { stateStoreContract } from './contract/state-store.ts'

describe('the memory store keeps the contract (SR-150)', () => {
  stateStoreContract(async () => {
    let time = Date.now()
    const store = createMemoryStore({ now: () => time })
    return { store, passTime: async (ms) => void (time += ms), close: () => store.close() }
  })

  it('frees the memory of expired entries', async () => {
    let time = 0
    const store = createMemoryStore({ now: () => time, sweepIntervalMs: 5 })
    const before = process.memoryUsage().heapUsed
    for (let index = 0; index < 50; index += 1) await store.set(`key-${index}`, 'x'.repeat(1_000_000), 10)
    time = 11
    await new Promise((done) => setTimeout(done, 30))
    expect(await store.get(['key-0'])).toEqual([null])
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000_000)
    await store.close()
  })

  it('rejects entries above its limit, keeps existing ones, and reuses the space of expired ones (SR-097)', async () => {
    let time = 0
    const store = createMemoryStore({ now: () => time, maxEntries: 100 })
    const claim = (index: number) => store.reserve(`limit:${index}`, { max: 5, windowMs: 60_000 })
    for (let index = 0; index < 100; index += 1) expect((await claim(index)).remaining).toBe(4)
    await expect(claim(100)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    await expect(store.set('otp:a', 'x', 1000)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect((await claim(99)).remaining).toBe(3)
    time = 60_000
    expect((await claim(100)).remaining).toBe(4)
    await store.close()
  })
})
