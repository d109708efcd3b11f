import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../../src/adapters/metrics/prometheus.ts'
import { measureStateStore } from '../../../src/adapters/state-store/measured-store.ts'
import { createMemoryStore } from '../../../src/adapters/state-store/memory.ts'
import { unavailable } from '../../../src/core/errors.ts'
import { stateStoreContract } from './contract/state-store.ts'

describe('a measured store', () => {
  stateStoreContract(async () => {
    let time = Date.now()
    const memory = createMemoryStore({ now: () => time })
    const store = measureStateStore(memory, createMetrics({ ofProcess: false }))
    return { store, passTime: async (ms) => void (time += ms), close: () => store.close() }
  })

  it('observes each operation with its result, and passes errors on', async () => {
    const metrics = createMetrics({ ofProcess: false })
    const memory = createMemoryStore({ now: Date.now })
    const failure = unavailable(new Error('down'))
    const store = measureStateStore({ ...memory, take: () => Promise.reject(failure) }, metrics)
    await store.set('key', 'value', 1000)
    await store.get(['key'])
    await store.compareAndSet('key', 'value', 'next', 1000)
    await expect(store.take('key')).rejects.toBe(failure)
    await store.increment('count', 1000)
    await store.reserve('limit', { max: 1, windowMs: 1000 })
    await store.delete(['key'])
    await store.ping()
    const { text } = await metrics.read()
    const counted = [...text.matchAll(/_count\{operation="(\w+)",result="(\w+)"\} 1/g)]
    expect(counted.map(([, operation, result]) => `${operation} ${result}`).toSorted()).toEqual([
      'compare_and_set ok',
      'delete ok',
      'get ok',
      'increment ok',
      'reserve ok',
      'set ok',
      'take failed',
    ])
    await store.close()
  })
})
