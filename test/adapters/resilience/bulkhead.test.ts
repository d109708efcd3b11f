import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { DeadlineError, withDeadline } from '../../../src/adapters/resilience/deadline.ts'
import {
  BulkheadRejectedError,
  createBulkhead,
  type Bulkhead,
} from '../../../src/adapters/resilience/bulkhead.ts'

describe('a bulkhead', () => {
  it('runs work in order of arrival with limited concurrency', async () => {
    const bulkhead = createBulkhead({ concurrency: 3, stallTimeoutMs: 1000, maxQueued: 100 })
    let active = 0
    let peak = 0
    const started: number[] = []
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        bulkhead.run(async () => {
          started.push(index)
          active += 1
          peak = Math.max(peak, active)
          await sleep(1)
          active -= 1
        }),
      ),
    )
    expect(peak).toBe(3)
    expect(started).toEqual(Array.from({ length: 30 }, (_, index) => index))
  })

  it('serves its queue while work finishes, even if the whole wait exceeds the timeout', async () => {
    const bulkhead = createBulkhead({ concurrency: 1, stallTimeoutMs: 200, maxQueued: 100 })
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) => bulkhead.run(async () => (await sleep(60), index))),
    )
    expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('rejects its queue when no work finishes, without starting the queued work, and recovers (SR-160)', async () => {
    const bulkhead = createBulkhead({ concurrency: 1, stallTimeoutMs: 50, maxQueued: 100 })
    const running = bulkhead.run(() => sleep(200))
    let started = 0
    const queued = Array.from({ length: 5 }, () => bulkhead.run(async () => (started += 1)))
    for (const { status, reason } of (await Promise.allSettled(queued)) as PromiseRejectedResult[])
      expect([status, reason]).toEqual(['rejected', expect.any(BulkheadRejectedError)])
    expect(started).toBe(0)
    await running
    expect(await bulkhead.run(async () => 'served')).toBe('served')
  })

  it('starts queued work before work that arrives while a slot becomes free', async () => {
    const bulkhead = createBulkhead({ concurrency: 1, stallTimeoutMs: 1000, maxQueued: 100 })
    const started: string[] = []
    let finish = () => {}
    const running = bulkhead.run(() => new Promise<void>((resolve) => (finish = resolve)))
    const work = ['queued first', 'queued second'].map((name) => bulkhead.run(async () => started.push(name)))
    await sleep(1)
    finish()
    // Each microtask between the end of the work and the start of the queued work is a chance to overtake.
    for (let microtask = 0; microtask < 10; microtask += 1) {
      work.push(bulkhead.run(async () => started.push(`late ${microtask}`)))
      await Promise.resolve()
    }
    await Promise.all([running, ...work])
    expect(started.slice(0, 2)).toEqual(['queued first', 'queued second'])
  })

  it('rejects work at once when its queue is full', async () => {
    const bulkhead = createBulkhead({ concurrency: 1, stallTimeoutMs: 1000, maxQueued: 2 })
    const accepted = [1, 2, 3].map((one) => bulkhead.run(async () => (await sleep(5), one)))
    await expect(bulkhead.run(async () => 4)).rejects.toThrow(BulkheadRejectedError)
    expect(await Promise.all(accepted)).toEqual([1, 2, 3])
  })

  it('continues after work that fails', async () => {
    const bulkhead = createBulkhead({ concurrency: 1, stallTimeoutMs: 1000, maxQueued: 2 })
    const failing = bulkhead.run(() => Promise.reject(new Error('failed')))
    const next = bulkhead.run(async () => 'served')
    await expect(failing).rejects.toThrow('failed')
    expect(await next).toBe('served')
  })
})

describe('a bulkhead with shares', () => {
  const LIMITS = { concurrency: 10, stallTimeoutMs: 1000, maxQueued: 100 }
  const share = { concurrency: 3, maxQueued: 5 }

  /** Starts work that runs until it is finished by hand. */
  function hang(bulkhead: Bulkhead, caller: string, times: number) {
    const finishers: (() => void)[] = []
    const results = Array.from({ length: times }, () =>
      bulkhead.run(() => new Promise<void>((resolve) => finishers.push(resolve)), caller),
    )
    return { finishers, settled: Promise.allSettled(results) }
  }

  it('runs at most a share of one caller, and the work of all others at once (SR-182)', async () => {
    const bulkhead = createBulkhead({ ...LIMITS, share })
    const { finishers, settled } = hang(bulkhead, 'slow', 8)
    await sleep(1)
    expect(finishers).toHaveLength(3)
    const others = Array.from({ length: 32 }, (_, index) => bulkhead.run(async () => index, `other ${index}`))
    expect(await Promise.all(others)).toHaveLength(32)
    expect(await bulkhead.run(async () => 'served')).toBe('served')
    while (finishers.length > 0) {
      finishers.splice(0).forEach((finish) => finish())
      await sleep(1)
    }
    expect((await settled).map(({ status }) => status)).toEqual(Array(8).fill('fulfilled'))
  })

  it('rejects the queue of a caller whose share is stuck, and of no other (SR-182)', async () => {
    const bulkhead = createBulkhead({ ...LIMITS, stallTimeoutMs: 50, share })
    const { finishers, settled } = hang(bulkhead, 'slow', 8)
    // Work of others finishes all the time.
    for (let turn = 0; turn < 12; turn += 1) await bulkhead.run(() => sleep(10), 'other')
    finishers.forEach((finish) => finish())
    expect((await settled).map(({ status }) => status)).toEqual([
      ...Array<string>(3).fill('fulfilled'),
      ...Array<string>(5).fill('rejected'),
    ])
    expect(await bulkhead.run(async () => 'served', 'slow')).toBe('served')
  })

  it('rejects work of a caller whose queue is full, and of no other (SR-182)', async () => {
    const bulkhead = createBulkhead({ ...LIMITS, share })
    const { finishers, settled } = hang(bulkhead, 'slow', 8)
    await expect(bulkhead.run(async () => 'ninth', 'slow')).rejects.toThrow(BulkheadRejectedError)
    expect(await bulkhead.run(async () => 'served', 'other')).toBe('served')
    while (finishers.length > 0) {
      finishers.splice(0).forEach((finish) => finish())
      await sleep(1)
    }
    await settled
  })

  it('lets callers take turns: a long queue of one delays no other (SR-182)', async () => {
    const bulkhead = createBulkhead({ ...LIMITS, concurrency: 1 })
    const order: string[] = []
    const work = (caller: string) => bulkhead.run(async () => order.push(caller), caller)
    await Promise.all([...Array.from({ length: 20 }, () => work('long')), work('short'), work('short')])
    expect(order.indexOf('short')).toBeLessThan(3)
    expect(order.lastIndexOf('short')).toBeLessThan(5)
  })
})

describe('a deadline', () => {
  it('returns the result or the error', async () => {
    expect(await withDeadline(async () => 'result', 1000)).toBe('result')
    await expect(withDeadline(() => Promise.reject(new Error('failed')), 1000)).rejects.toThrow('failed')
  })

  it('rejects after its time', async () => {
    await expect(withDeadline(() => sleep(10_000, null, { ref: false }), 20)).rejects.toThrow(DeadlineError)
  })
})
