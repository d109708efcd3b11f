import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { DeadlineError, withDeadline } from '../../../src/adapters/resilience/deadline.ts'
import { BulkheadRejectedError, createBulkhead } from '../../../src/adapters/resilience/bulkhead.ts'

describe('a waiting line', () => {
  it('lets in so many at a time, in the order they came', async () => {
    const line = createBulkhead({ places: 3, patienceMs: 1000, maxWaiting: 100 })
    let inside = 0
    let most = 0
    const begun: number[] = []
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        line.run(async () => {
          begun.push(index)
          inside += 1
          most = Math.max(most, inside)
          await sleep(1)
          inside -= 1
        }),
      ),
    )
    expect(most).toBe(3)
    expect(begun).toEqual(Array.from({ length: 30 }, (_, index) => index))
  })

  it('is worth waiting in while it moves, though the whole wait is longer than the patience', async () => {
    const line = createBulkhead({ places: 1, patienceMs: 200, maxWaiting: 100 })
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) => line.run(async () => (await sleep(60), index))),
    )
    expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('turns everyone away when it stands still, without beginning their work, and serves again after (160)', async () => {
    const line = createBulkhead({ places: 1, patienceMs: 50, maxWaiting: 100 })
    const holding = line.run(() => sleep(200))
    let begun = 0
    const waiting = Array.from({ length: 5 }, () => line.run(async () => (begun += 1)))
    for (const { status, reason } of (await Promise.allSettled(waiting)) as PromiseRejectedResult[])
      expect([status, reason]).toEqual(['rejected', expect.any(BulkheadRejectedError)])
    expect(begun).toBe(0)
    await holding
    expect(await line.run(async () => 'served')).toBe('served')
  })

  it('turns away at once what is one too many', async () => {
    const line = createBulkhead({ places: 1, patienceMs: 1000, maxWaiting: 2 })
    const kept = [1, 2, 3].map((one) => line.run(async () => (await sleep(5), one)))
    await expect(line.run(async () => 4)).rejects.toThrow(BulkheadRejectedError)
    expect(await Promise.all(kept)).toEqual([1, 2, 3])
  })

  it('goes on after work that fails', async () => {
    const line = createBulkhead({ places: 1, patienceMs: 1000, maxWaiting: 2 })
    const failing = line.run(() => Promise.reject(new Error('failed')))
    const next = line.run(async () => 'served')
    await expect(failing).rejects.toThrow('failed')
    expect(await next).toBe('served')
  })
})

describe('a deadline', () => {
  it('passes the result or the failure on', async () => {
    expect(await withDeadline(async () => 'answer', 1000)).toBe('answer')
    await expect(withDeadline(() => Promise.reject(new Error('failed')), 1000)).rejects.toThrow('failed')
  })

  it('ends the wait', async () => {
    await expect(withDeadline(() => sleep(10_000, null, { ref: false }), 20)).rejects.toThrow(DeadlineError)
  })
})
