import { describe, expect, it } from 'vitest'
import { createRequestBatcher } from '../../src/http/request-batcher.ts'

describe('the request batcher', () => {
  it('starts requests that wait together in batches of 32, in order', async () => {
    const batcher = createRequestBatcher()
    const started: number[] = []
    const batches: number[] = []
    const all = Promise.all(
      Array.from({ length: 70 }, async (_, index) => {
        await batcher.nextBatch()
        started.push(index)
      }),
    )
    while (started.length < 70) {
      await new Promise((resolve) => setImmediate(resolve))
      batches.push(started.length)
    }
    await all
    expect(started).toEqual(Array.from({ length: 70 }, (_, index) => index))
    expect([...new Set(batches)].filter((count) => count > 0)).toEqual([32, 64, 70])
  })

  it('is independent of the batcher of another server', async () => {
    const busy = createRequestBatcher()
    const waiting = Array.from({ length: 64 }, () => busy.nextBatch())
    let isLastStarted = false
    void waiting.at(-1)?.then(() => (isLastStarted = true))
    await createRequestBatcher().nextBatch()
    expect(isLastStarted).toBe(false)
    await Promise.all(waiting)
  })
})
